-- Fills the report's source from one document after another: `pandoc lua said.lua FILTER SOURCE`, and a path of a
-- document a line. The filled text is written beside it, as pandoc's tree.
local filter = arg[1]
local source = pandoc.read(pandoc.system.read_file(arg[2]), 'markdown')

for path in io.lines() do
  local environment = setmetatable({FORMAT = 'json'}, {__index = _G})
  assert(loadfile(filter, 't', environment))()
  local doc = source:clone()
  doc.meta.briefing = {document = path}
  pandoc.system.write_file(path .. '.tree', pandoc.write(environment.Pandoc(doc), 'json'))
end
