"""The arithmetic of the briefing: pure functions of numbers, arrays and data frames.

Nothing here reads a file, draws a picture or imports anything of the project outside this package.

================= ==============================================================================
`bounds`          what the word of a bound means: figures, open ends, factors, words
`claims`          which claims are active, stand on their own, may count as losses
`rotation`        what tour, horizon, force or hazard gives a number of distinct people
`counting`        distinct people under a tour of duty, by counting rule
`box`             the share of a claimant's own input box that reaches the claim
`attrition`       stock and flow by months, phases by days, permanent hazard
`revisions`       the rate between two claims; a revision never becomes a rate
`simulation`      the step engine that `attrition` and `deployment` share
`scenario_case`   one checked set of a scenario's inputs, and its calendar
`deployment`      people over time: a force held at strength, or left to decline
`example`         a complete set of inputs to try
`inputs`          a scenario's parameters in the forms of the model, at the mode or drawn
`outcomes`        every outcome of a scenario, over all draws at once
`many`            outcomes of thousands of scenarios, with percentiles and shares of draws
`alike`           scenarios of one structure, worked out together and nothing twice
`event`           an outcome against a threshold
`memory`          what was met last, up to a total size
`trajectories`    the same people month by month, for fan charts
`money`           four ledgers that are never added to each other
`comparison`      how figures compare: how many times, and by how many percent
`uncertainty`     PERT and lognormal inputs; sampling by name
`sensitivity`     tornado and Sobol indices: which input is worth finding out
`inference`       losses inferred from conflicting claims, and the biases of their origins
`loss_claims`     which claims of losses count, what their words allow, one vote an origin
`loss_origins`    what one origin's claims say, its own biases integrated out
`loss_path`       phases of the fighting as known on a day, cumulative losses along them
`loss_draws`      courses of the losses, and the priors of what they depend on
`loss_sampling`   quasi-random importance sampling with a coordinate cut from the learning
`scoring`         interval score, CRPS and coverage of forecasts
`backtest`        forecasts from a frozen day, and two rivals, against one origin's later reports
`words`           likelihood and confidence in the words of a yardstick
`units`           days, months and the type of a number
`checks`          one clear line for a bad argument
================= ==============================================================================
"""
