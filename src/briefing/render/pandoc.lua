-- The built-in renderer's pandoc: one process that makes document after document.
--
-- A request is a line with tabs: the folder of the staged report, the folder of the built-in renderer's own
-- filter, and what is wanted (html, typst, brief; or words for words.json alone). The answer is one line: "done", or what went wrong.

local EXTENSION = '_extensions/briefing/'
local WRITERS = {
  html = {
    format = 'html5', seen_as = 'html', template = 'template.html', file = 'report.html',
    options = {section_divs = true, table_of_contents = true, toc_depth = 2, figure_caption_position = 'above'},
  },
  typst = {
    format = 'typst-citations', seen_as = 'typst', template = 'template.typ', file = 'report.typ', options = {},
  },
}
WRITERS.brief = {}
for key, value in pairs(WRITERS.typst) do WRITERS.brief[key] = value end
WRITERS.brief.file = 'brief.typ'

local content_of, put = pandoc.system.read_file, pandoc.system.write_file

-- The style sheets that the extension declares for Quarto, in that order.
local function styles()
  local declared = pandoc.read('---\n' .. content_of(EXTENSION .. '_extension.yml') .. '\n---\n', 'markdown').meta
  local names = declared.contributes.formats.html.css
  return table.concat(pandoc.List(names):map(function(name) return content_of(EXTENSION .. pandoc.utils.stringify(name)) end))
end

-- A filter is loaded anew for every document and format: what it remembers of one never reaches another.
local function loaded(path, format)
  local environment = setmetatable({FORMAT = format}, {__index = _G})
  assert(loadfile(path, 't', environment))()
  return environment
end

local function write(source, format, own_filter)
  if format == 'words' then
    return put('words.json', pandoc.json.encode(loaded(EXTENSION .. 'briefing.lua', 'plain').Words(source:clone())))
  end
  local writer = WRITERS[format]
  local doc = source:clone()
  doc.meta['briefing-edition'] = format == 'brief' and 'brief' or 'full'
  doc = loaded(EXTENSION .. 'briefing.lua', writer.seen_as).Pandoc(doc)
  doc = pandoc.utils.citeproc(loaded(own_filter, writer.seen_as).Pandoc(doc))
  local options = pandoc.WriterOptions(writer.options)
  options.number_sections = true
  options.template = pandoc.template.compile(content_of(EXTENSION .. writer.template), EXTENSION)
  if format == 'html' then options.variables = {styles = styles()} end
  put(writer.file, pandoc.write(doc, writer.format, options))
end

-- The source as last read without complaint: the words, the page and the PDF of one document, and of the next, come
-- from the same. One that something was said of is read anew, so that it is said again.
local text, source

local function make(own_filter, formats)
  local content = content_of('report.qmd')
  if content ~= text then
    source = pandoc.read(content, 'markdown')
    text = content
  end
  for format in formats:gmatch('%S+') do write(source, format, own_filter) end
end

-- What an error says: without the calls that led there, and a sentence of our own without what stands before it.
local function sentence(failure)
  local told = tostring(failure):gsub('\nstack traceback:.*', '')
  return (told:gsub('^.-briefing: ', ''))
end

local function answer(request)
  local stage, own_filter, formats = request:match('^(.-)\t(.-)\t(.*)$')
  local function attempt() return pandoc.system.with_working_directory(stage, function() return make(own_filter, formats) end) end
  -- A warning, such as a source that the bibliography lacks, is a failure: the finished text would be wrong.
  local done, warnings = pcall(pandoc.log.silence, attempt)
  if not done then
    text = nil
    return sentence(warnings)
  end
  for _, message in ipairs(warnings) do
    local told = pandoc.json.decode(pandoc.json.encode(message))
    if told.verbosity ~= 'INFO' then
      text = nil
      return told.pretty
    end
  end
  return 'done'
end

for request in io.lines() do
  io.write((tostring(answer(request)):gsub('%s+', ' ')), '\n')
  io.flush()
  -- While nobody waits: what one document leaves behind is not carried into the next.
  collectgarbage('collect')
end
