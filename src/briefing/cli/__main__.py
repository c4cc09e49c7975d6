"""`python -m briefing.cli`: the command line without its console script."""

from briefing.cli import main

if __name__ == "__main__":
    main()
