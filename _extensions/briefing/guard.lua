-- Stops Quarto with one line where briefing.lua has filled nothing, before anything is written: it belongs to the
-- project's own formats and is not asked in any other. `filters:` of _quarto.yml and compare.qmd name this file.

local function said(file)
  if file == 'compare.qmd' then return 'a comparison is made by `briefing compare A B`, not by `quarto render`' end
  return '--to ' .. FORMAT .. ' would leave ' .. file .. ' unfilled; type --to briefing-html or --to briefing-typst'
end

function Pandoc(doc)
  if doc.meta['briefing-digest'] then return nil end
  local file = pandoc.path.filename(quarto and quarto.doc.input_file or PANDOC_STATE.input_files[1])
  io.stderr:write('briefing: ', said(file), '\n')
  os.exit(1)
end
