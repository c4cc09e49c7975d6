-- Fills the report's source from one document after another: `pandoc lua said.lua FILTER SOURCE`, and a path of a
-- document a line. The filled text is written beside it, as pandoc's tree.
local filter, source = arg[1], nil

local function content_of(path)
  local file = assert(io.open(path, 'rb'))
  local content = file:read('a')
  file:close()
  return content
end

source = pandoc.read(content_of(arg[2]), 'markdown')
for path in io.lines() do
  local environment = setmetatable({FORMAT = 'json'}, {__index = _G})
  assert(loadfile(filter, 't', environment))()
  local doc = source:clone()
  doc.meta.briefing = {document = path}
  local file = assert(io.open(path .. '.tree', 'wb'))
  assert(file:write(pandoc.write(environment.Pandoc(doc), 'json')))
  file:close()
end
