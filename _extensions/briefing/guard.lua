-- Stops Quarto with one line where briefing.lua has filled nothing, before anything is written: it belongs to the
-- project's own formats and is not asked in any other. `filters:` of _quarto.yml and compare.qmd name this file.

local function said(file)
  if file == 'compare.qmd' then return 'a comparison is made by `briefing compare A B`, not by `quarto render`' end
  return file .. ' stays unfilled in the format ' .. FORMAT .. '; type --to briefing-html or --to briefing-typst'
end

function Pandoc(doc)
  if doc.meta['briefing-digest'] then return nil end
  local path = quarto and quarto.doc.input_file or PANDOC_STATE.input_files[1]
  io.stderr:write('briefing: ', said(pandoc.path.filename(path)), '\n')
  -- Quarto has already made an empty folder for the document's media.
  local media = path:gsub('%.%w+$', '_files')
  os.remove(media .. '/mediabag')
  os.remove(media)
  os.exit(1)
end
