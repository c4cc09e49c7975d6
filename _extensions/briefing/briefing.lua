-- Fills report.qmd from document.json, under Quarto and under the built-in renderer alike.
--
--   [key]{.num}              a number with its chain        [key]{.num show=range}   its range
--   [key]{.finding}          a sentence composed by a notebook, with its numbers
--   [key]{.command}          a command that the reader can type
--   [edition]{.latest}       the edition with the latest evidence
--   ::: {#fig-x} / {#tbl-x}  an empty div: the figure or table of that name
--   ::: {.figures}           every figure of a comparison, its drawings side by side
--   ::: {.judgements keys="people money"}    key judgements in that order
--   ::: {.what-if}           sliders, in the page; what it holds is for readers without JavaScript
--   ::: {.numbers-box}, {.note}, {.small}    styled divs around what they hold
--   ::: {.contents}          the table of contents, in the PDF
--
-- Every text of document.json becomes plain words (pandoc escapes them), never markup.

local data -- the decoded document.json
local used, order = {}, {} -- keys of the numbers printed so far, in the order of first use

local function read_json(path)
  local file = io.open(path, 'rb')
  if not file then
    error('briefing: ' .. path .. ' is missing; `briefing render` or `make briefing` writes it')
  end
  local content = file:read('a')
  file:close()
  return pandoc.json.decode(content, false)
end

local function words(text)
  return pandoc.Inlines(text)
end

-- Quarto expands shortcodes in attributes and code, though not in words: break their opening apart there.
local function inert(text)
  return (text:gsub('{{', '{\u{2060}{'))
end

local function is(format)
  return FORMAT:match(format) ~= nil
end

-- Numbers ----------------------------------------------------------------------------------------------------

local function number(key, show)
  local entry = data.numbers[key]
  if not entry then error('briefing: no notebook recorded the number ' .. key) end
  if not used[key] then
    used[key] = true
    order[#order + 1] = key
  end
  local text = entry.text
  if show == 'range' then text = entry.range_text ~= '' and entry.range_text or 'exact' end
  return pandoc.Link(words(text), '#trace-' .. key, '', pandoc.Attr('', {'num'}, {{'chain', inert(entry.chain)}}))
end

-- Text with {key} and {key:range} places -> inlines.
local function fill(template)
  local inlines, from = pandoc.Inlines {}, 1
  for start, key, show, stop in template:gmatch('(){([a-z0-9_%.%-]+):?(%a*)}()') do
    inlines:extend(words(template:sub(from, start - 1)))
    inlines:insert(number(key, show))
    from = stop
  end
  inlines:extend(words(template:sub(from)))
  return inlines
end

local function finding(key)
  local template = data.findings[key]
  if not template then error('briefing: no notebook recorded the finding ' .. key) end
  return fill(template)
end

-- Figures and tables -----------------------------------------------------------------------------------------

local function source_note(source)
  local text = source == '' and data.stamp or source .. ' ' .. data.stamp
  return pandoc.Div({pandoc.Plain(words(text))}, pandoc.Attr('', {'source-note'}))
end

local escaped = {['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;', ["'"] = '&#39;'}

-- In a page the drawing itself: sharp at any size, its words can be searched, and it needs no font of its own.
local function drawing(path, alt)
  local file = assert(io.open(path, 'rb'))
  local svg = file:read('a')
  file:close()
  local label = inert(alt):gsub('[&<>"\']', escaped)
  local from = svg:find('<svg', 1, true)
  return pandoc.RawBlock('html', '<svg role="img" aria-label="' .. label .. '"' .. svg:sub(from + 4))
end

-- Drawings of several briefings beside each other. Their ids are made distinct: they come from like figures.
local function side_by_side(drawings)
  local blocks = pandoc.Blocks {}
  if is 'html' then
    for i, one in ipairs(drawings) do
      local mark = 'd' .. i .. '-'
      local svg = drawing(data.folder .. '/' .. one.as, one.alt).text
      svg = svg:gsub(' id="', ' id="' .. mark):gsub('href="#', 'href="#' .. mark):gsub('url%(#', 'url(#' .. mark)
      blocks:insert(pandoc.Div({pandoc.Para(words(one.label)), pandoc.RawBlock('html', svg)}))
    end
    return pandoc.Div(blocks, pandoc.Attr('', {'side-by-side'}))
  end
  local cells = pandoc.List(drawings):map(function(one)
    local label, alt = words(one.label), one.alt:gsub('[\\"]', '\\%0')
    local written = pandoc.write(pandoc.Pandoc {pandoc.Plain(label)}, 'typst'):gsub('%s+$', '')
    return '[#text(weight: "semibold")[' .. written .. '] #image("' .. data.folder .. '/' .. one.as .. '", alt: "' .. inert(alt) .. '")]'
  end)
  return pandoc.RawBlock('typst', '#side-by-side(' .. table.concat(cells, ', ') .. ')')
end

local function picture(entry)
  if entry.drawings then return side_by_side(entry.drawings) end
  local path = data.folder .. '/' .. entry.file
  if is 'html' then return drawing(path, entry.alt) end
  return pandoc.Para {pandoc.Image({}, path, '', pandoc.Attr('', {}, {{'fig-alt', inert(entry.alt)}}))}
end

local function figure(div)
  local entry = data.figures[div.identifier]
  if not entry then error('briefing: no notebook drew ' .. div.identifier) end
  div.content = {picture(entry), source_note(entry.source), pandoc.Para(fill(entry.title))}
  return div
end

-- Links to rows of the table of claims: "3, 7, 12".
local function references(refs)
  local inlines = pandoc.Inlines {}
  for i, ref in ipairs(refs) do
    if i > 1 then inlines:extend {pandoc.Str ',', pandoc.Space()} end
    inlines:insert(pandoc.Link(words(ref.label), '#' .. ref.target))
  end
  return inlines
end

local function cell(content)
  if type(content) == 'string' then return {pandoc.Plain(words(content))} end
  if content.num then return {pandoc.Plain {number(content.num, content.show)}} end
  if content.refs then return {pandoc.Plain(references(content.refs))} end
  if content.anchor then return {pandoc.Plain {pandoc.Span(words(content.label), pandoc.Attr(content.anchor))}} end
  if content.text then return {pandoc.Plain(fill(content.text))} end
  return {pandoc.Plain {pandoc.Link(words(content.link), content.url)}}
end

local alignment = {l = 'AlignLeft', r = 'AlignRight', c = 'AlignCenter'}

local function make_table(entry, rows)
  local aligns, widths, heads = {}, {}, {}
  for i, column in ipairs(entry.columns) do
    aligns[i] = alignment[entry.align:sub(i, i)]
    widths[i] = entry.widths[i] or 0
    heads[i] = {pandoc.Plain(words(column))}
  end
  return pandoc.utils.from_simple_table(pandoc.SimpleTable({}, aligns, widths, heads, rows))
end

local function filled_table(div)
  local entry = data.tables[div.identifier]
  if not entry then error('briefing: no notebook recorded ' .. div.identifier) end
  local rows = pandoc.List(entry.rows):map(function(row) return pandoc.List(row):map(cell) end)
  local content = pandoc.Blocks {make_table(entry, rows)}
  if entry.source ~= '' then content:insert(source_note(entry.source)) end
  content:insert(pandoc.Para(fill(entry.title)))
  div.content = content
  return div
end

-- The chain of every number that the document prints, in the order of first use.
local function trace(div)
  local rows = pandoc.List(order):map(function(key)
    local entry = data.numbers[key]
    local anchor = pandoc.Span(words(entry.full), pandoc.Attr('trace-' .. key))
    return {{pandoc.Plain {anchor}}, cell(entry.formula), cell(entry.basis), cell(entry.rests_on)}
  end)
  local entry = {columns = {'Number', 'How it was got', 'Kind', 'Rests on'}, align = 'llll', widths = {.24, .48, .1, .18}}
  div.content = {
    make_table(entry, rows),
    pandoc.Para(words('Every number of this document, in the order of its first use')),
  }
  return div
end

-- Judgements and styled divs ---------------------------------------------------------------------------------

local function judgement(key)
  local entry = data.judgements[key]
  if not entry then error('briefing: no notebook recorded the judgement ' .. key) end
  local first = pandoc.Inlines {pandoc.Strong(fill(entry.heading)), pandoc.Space()}
  first:extend(fill(entry.sentence))
  local last = pandoc.Inlines {pandoc.Emph(words('Would change if')), pandoc.Space()}
  last:extend(fill(entry.would_change))
  return {
    pandoc.Para(first),
    pandoc.Div({pandoc.Para(fill(entry.confidence)), pandoc.Para(last)}, pandoc.Attr('', {'because'})),
  }
end

local function judgements(div)
  local content = pandoc.Blocks {}
  for key in div.attributes.keys:gmatch('%S+') do
    content:insert(pandoc.Div(judgement(key), pandoc.Attr('judgement-' .. key, {'judgement'})))
  end
  div.content = content
  div.attributes.keys = nil
  return div
end

-- What if -----------------------------------------------------------------------------------------------------

local unsafe = {
  ['<'] = '\\u003c', ['>'] = '\\u003e', ['&'] = '\\u0026', ['\u{2028}'] = '\\u2028', ['\u{2029}'] = '\\u2029',
}

-- The values as JSON that cannot end its own element, and the script that reads them.
local function what_if(div)
  local entry = data.what_if
  if not (entry and is 'html') then return {} end
  div.identifier = 'what-if'
  if entry.uncovered ~= '' then
    local ask = words('Any parameter can be changed there: ')
    ask:insert(pandoc.Code(inert(data.commands['what-if'])))
    div.content = {pandoc.Para(words(entry.uncovered)), pandoc.Para(ask)}
    return div
  end
  local json = pandoc.json.encode(entry):gsub(utf8.charpattern, unsafe)
  div.content:insert(pandoc.RawBlock('html', '<script type="application/json" id="what-if-data">' .. json .. '</script>'))
  for _, name in ipairs {'whatif-model.js', 'whatif.js'} do
    local file = assert(io.open('_extensions/briefing/' .. name, 'rb'))
    local script = file:read('a')
    file:close()
    div.content:insert(pandoc.RawBlock('html', '<script>\n' .. script .. '</script>'))
  end
  return div
end

local styled = {
  ['judgement'] = 'judgement', ['because'] = 'because', ['numbers-box'] = 'numbers-box',
  ['note'] = 'note', ['source-note'] = 'source-note', ['small'] = 'small', ['contents'] = 'contents',
}

-- The HTML has its contents at the side; Typst puts them where the report says.
local function drop_contents(div)
  if div.classes:includes('contents') then return {} end
end

-- Typst knows no classes: a styled div becomes a call of the template's function of the same name.
local function styled_for_typst(div)
  local name = styled[div.classes[1]]
  if not name then return nil end
  local blocks = pandoc.Blocks {pandoc.RawBlock('typst', '#' .. name .. '[')}
  blocks:extend(div.content)
  blocks:insert(pandoc.RawBlock('typst', ']'))
  return blocks
end

-- The document -----------------------------------------------------------------------------------------------

-- The latest edition by name; a link in the HTML, where it lies beside this one.
local function latest()
  local entry = data.latest
  local inlines = words(entry.text)
  if entry.name == '' then return inlines end
  local name = words(entry.name)
  if entry.url ~= '' and is 'html' then name = pandoc.Inlines {pandoc.Link(name, entry.url)} end
  inlines:insert(pandoc.Space())
  inlines:extend(name)
  inlines:insert(pandoc.Str '.')
  return inlines
end

local function fill_span(span)
  local key = pandoc.utils.stringify(span.content)
  if span.classes:includes('num') then return number(key, span.attributes.show or '') end
  if span.classes:includes('finding') then return finding(key) end
  if span.classes:includes('latest') then return latest() end
  if span.classes:includes('command') then return pandoc.Code(inert(data.commands[key])) end
end

local function fill_div(div)
  if div.classes:includes('figures') then
    return pandoc.List(data.shown):map(function(name) return figure(pandoc.Div({}, pandoc.Attr(name))) end)
  end
  if div.identifier == 'tbl-trace' then return nil end
  if #div.content == 0 and div.identifier:match('^fig%-') then return figure(div) end
  if #div.content == 0 and div.identifier:match('^tbl%-') then return filled_table(div) end
  if div.classes:includes('judgements') then return judgements(div) end
  if div.classes:includes('what-if') then return what_if(div) end
end

local function renderer()
  local pandoc_version = 'pandoc ' .. tostring(PANDOC_VERSION)
  if quarto then return 'Quarto ' .. tostring(quarto.version) .. ', ' .. pandoc_version end
  return 'the built-in renderer, ' .. pandoc_version
end

function Pandoc(doc)
  local named = doc.meta.briefing or {}
  data = read_json(pandoc.utils.stringify(named.document or 'document.json'))
  data.findings['renderer'] = renderer()
  for key, text in pairs(data.metadata) do
    doc.meta[key] = pandoc.MetaString(text)
  end
  doc = doc:walk {traverse = 'topdown', Span = fill_span, Div = fill_div}
  doc = doc:walk {Div = function(div) if div.identifier == 'tbl-trace' then return trace(div) end end}
  return doc:walk {Div = is 'typst' and styled_for_typst or drop_contents}
end
