-- Fills report.qmd from document.json, under Quarto and under the built-in renderer alike.
--
--   [key]{.num}              a number with its chain        [key]{.num show=range}   its range
--   [key]{.finding}          a sentence composed by a notebook, with its numbers
--   [key]{.command}          a command that the reader can type
--   [edition]{.latest}       the edition with the latest evidence
--   ::: {#fig-x} / {#tbl-x}  an empty div: the figure or table of that name
--   {.if-drawn}              such a figure or table, and a span that cites it, only where a notebook made it
--   ::: {.figures}           every figure of a comparison, its drawings side by side
--   ::: {.judgements keys="people money"}    key judgements in that order
--   ::: {.what-if}           sliders, in the page; what it holds is for readers without JavaScript
--   ::: {.lead}              the figure of the first page, which takes what room the page has left
--   ::: {.side-heads}        short paragraphs with their headings at their side
--   ::: {.numbers-box}, {.note}, {.small}    styled divs around what they hold
--   ::: {.brief-end}         an empty div: the brief ends here, and so does the second page of the full edition
--   ::: {.contents}          the table of contents, in the PDF
--
-- With the metadata `briefing-edition: brief` the document ends at its brief-end.
--
-- Every text of document.json becomes plain words (pandoc escapes them), never markup.

local data -- the decoded document.json
local used, order = {}, {} -- keys of the numbers printed so far, in the order of first use
local brief = false -- whether only the brief is made: it has no trace, so its numbers link nowhere

-- A render that cannot be right ends here with one line. Quarto prints what `error` is given and goes on, and
-- lists the calls of all its filters behind a failed assertion.
local function stop(message)
  if quarto then
    io.stderr:write('briefing: ', message, '\n')
    os.exit(1)
  end
  assert(false, 'briefing: ' .. message)
end

-- Staged, the document names its data. By hand it is Quarto's profile that names the scenario.
local function place_of_data(meta)
  local named = meta.briefing or {}
  if named.document then return pandoc.utils.stringify(named.document) end
  local scenario = named.scenario and pandoc.utils.stringify(named.scenario)
  for profile in (os.getenv('QUARTO_PROFILE') or ''):gmatch('[%w_-]+') do
    local file = io.open('scenarios/' .. profile .. '.yaml')
    if file then
      file:close()
      scenario = profile
    end
  end
  return scenario and 'figures/' .. scenario .. '/document.json' or 'document.json'
end

local function read_json(path)
  local file = io.open(path, 'rb')
  if not file then
    stop(path .. ' is missing; type `briefing render`, or `briefing compare A B` for compare.qmd')
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

-- A text as a Typst string.
local function quoted(text)
  return '"' .. text:gsub('[\\"]', '\\%0'):gsub('%s+', ' ') .. '"'
end

-- A letter that the typeface lacks would print as a box, and Typst refuses it in an archivable PDF: the PDF
-- has a lozenge in its place and its colophon says so. Addresses and descriptions of pictures are not printed.
local NOT_PRINTED = {url = true, alt = true, file = true, folder = true, lacking = true}

local function with_lozenges(value, lacking)
  if type(value) == 'string' then
    for _, letter in ipairs(lacking) do value = value:gsub(letter, '\u{25ca}') end
  elseif type(value) == 'table' then
    for key, part in pairs(value) do
      if not NOT_PRINTED[key] then value[key] = with_lozenges(part, lacking) end
    end
  end
  return value
end

-- Numbers ----------------------------------------------------------------------------------------------------

local SHOWN = {[''] = 'text', range = 'range_said'}

local function number(key, show)
  local entry = data.numbers[key]
  if not entry then stop('no notebook recorded the number ' .. key) end
  if show and not SHOWN[show] then stop('[' .. key .. ']{.num show=' .. show .. '}: show is range') end
  if not used[key] then
    used[key] = true
    order[#order + 1] = key
  end
  local text = entry[SHOWN[show or '']]
  if brief then return pandoc.Span(words(text)) end
  -- Said after the number by a screen reader: the row of the trace, with unit and range.
  local said = is 'html' and {{'aria-describedby', 'trace-' .. key}} or {}
  -- A number stays on its line; a text that is recorded as one, such as the names of bodies, may fold.
  local classes = #text > 40 and {'num', 'folds'} or {'num'}
  return pandoc.Link(words(text), '#trace-' .. key, '', pandoc.Attr('', classes, said))
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
  if not template then stop('no notebook recorded the finding ' .. key) end
  return fill(template)
end

-- Figures and tables -----------------------------------------------------------------------------------------

local function source_note(source, page)
  local text = words(source == '' and data.stamp or source .. ' ' .. data.stamp)
  if page and page ~= '' and is 'html' then
    text:extend {pandoc.Space(), pandoc.Link(words('How this figure was made'), page), pandoc.Str '.'}
  end
  return pandoc.Div({pandoc.Plain(text)}, pandoc.Attr('', {'source-note'}))
end

local escaped = {['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;', ["'"] = '&#39;'}

local function in_attribute(text)
  return (inert(text):gsub('[&<>"\']', escaped))
end

-- What is wider than the page scrolls inside itself, and the keyboard can scroll it too.
local function scroller(label, classes)
  return pandoc.Attr('', {'scroll', table.unpack(classes)}, {
    {'role', 'region'}, {'tabindex', '0'}, {'aria-label', inert(label)},
  })
end

local function plain(template)
  return pandoc.utils.stringify(pandoc.Inlines(template:gsub('{([a-z0-9_%.%-]+):?(%a*)}', function(key, show)
    local entry = data.numbers[key]
    return show == 'range' and entry.range_text or entry.text
  end)))
end

-- The file itself stands in the address, so that the link works wherever the page lies.
local function download(name, label)
  local file = data.page.downloads[name]
  if not (file and is 'html') then return pandoc.Blocks {} end
  return pandoc.Blocks {pandoc.RawBlock('html', '<p class="download"><a download="' .. in_attribute(file.file)
    .. '" href="' .. in_attribute(file.address) .. '">' .. label .. '</a></p>')}
end

-- In a page the drawing itself: sharp at any size, its words can be searched, and it needs no font of its own.
local function drawing(path, alt)
  local file = assert(io.open(path, 'rb'))
  local svg = file:read('a')
  file:close()
  local from = svg:find('<svg', 1, true)
  return '<svg role="img" aria-label="' .. in_attribute(alt) .. '"' .. svg:sub(from + 4)
end

-- Pandoc's Typst writer drops the alternative text of an image.
local function typst_picture(file, alt)
  local lacking = pandoc.List(data.lacking or {}):map(quoted)
  lacking = #lacking > 0 and ', lacking: (' .. table.concat(lacking, ', ') .. ',)' or ''
  return '#picture(' .. quoted(data.folder .. '/' .. file) .. ', alt: ' .. quoted(inert(alt)) .. lacking .. ')'
end

-- Drawings of several briefings beside each other. Their ids are made distinct: they come from like figures.
local function side_by_side(drawings)
  local blocks = pandoc.Blocks {}
  if is 'html' then
    for i, one in ipairs(drawings) do
      local mark = 'd' .. i .. '-'
      local svg = drawing(data.folder .. '/' .. one.as, one.alt)
      svg = svg:gsub(' id="', ' id="' .. mark):gsub('href="#', 'href="#' .. mark):gsub('url%(#', 'url(#' .. mark)
      local drawn = pandoc.Div({pandoc.RawBlock('html', svg)}, scroller(one.label, {'drawing'}))
      blocks:insert(pandoc.Div {pandoc.Para(words(one.label)), drawn})
    end
    return pandoc.Div(blocks, pandoc.Attr('', {'side-by-side'}))
  end
  local cells = pandoc.List(drawings):map(function(one)
    local written = pandoc.write(pandoc.Pandoc {pandoc.Plain(words(one.label))}, 'typst'):gsub('%s+$', '')
    return '[#text(weight: "semibold")[' .. written .. '] ' .. typst_picture(one.as, one.alt) .. ']'
  end)
  return pandoc.RawBlock('typst', '#side-by-side(' .. table.concat(cells, ', ') .. ')')
end

-- The parts of a picture, of which the page's script shows one at a time in its place.
local function steps(entry)
  local parts = pandoc.List(entry.steps):map(function(step)
    local svg = drawing(data.folder .. '/' .. step.file, step.alt)
    local said = '" data-said="' .. in_attribute(step.said)
    return '<div class="step" data-label="' .. in_attribute(step.label) .. said .. '" hidden>' .. svg .. '</div>'
  end)
  return table.concat(parts, '\n')
end

local function picture(entry)
  if entry.drawings then return side_by_side(entry.drawings) end
  local path = data.folder .. '/' .. entry.file
  if is 'html' then
    local whole = '<div class="whole">' .. drawing(path, entry.alt) .. '</div>\n'
    return pandoc.Div({pandoc.RawBlock('html', whole .. steps(entry))}, scroller(plain(entry.title), {'drawing'}))
  end
  return pandoc.RawBlock('typst', typst_picture(entry.file, entry.alt))
end

local function figure(div)
  local entry = data.figures[div.identifier]
  if not entry then stop('no notebook drew ' .. div.identifier) end
  local content = pandoc.Blocks {picture(entry), source_note(entry.source, entry.page)}
  content:extend(download(div.identifier, 'Download the data (CSV)'))
  content:insert(pandoc.Para(fill(entry.title)))
  div.content = content
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
  if type(content) == 'string' then
    -- A day is never broken at its hyphens.
    local day = is 'html' and content:match('^%d%d%d%d%-%d%d%-%d%d$')
    return {pandoc.Plain(day and {pandoc.Span(words(content), pandoc.Attr('', {'day'}))} or words(content))}
  end
  if content.num then return {pandoc.Plain {number(content.num, content.show)}} end
  if content.refs then return {pandoc.Plain(references(content.refs))} end
  if content.anchor then return {pandoc.Plain {pandoc.Span(words(content.label), pandoc.Attr(content.anchor))}} end
  if content.text then return {pandoc.Plain(fill(content.text))} end
  return {pandoc.Plain {pandoc.Link(words(content.link), content.url)}}
end

local alignment = {l = 'AlignLeft', r = 'AlignRight', c = 'AlignCenter'}

local function make_table(entry, rows, title)
  local aligns, widths, heads = {}, {}, {}
  for i, column in ipairs(entry.columns) do
    aligns[i] = alignment[entry.align:sub(i, i)]
    widths[i] = entry.widths[i] or 0
    heads[i] = {pandoc.Plain(words(column))}
  end
  local made = pandoc.utils.from_simple_table(pandoc.SimpleTable({}, aligns, widths, heads, rows))
  if not is 'html' then return made end
  return pandoc.Div({made}, scroller(title, {'columns-' .. #entry.columns}))
end

-- What the PDF does with a float, by a function of the template: `whole` keeps a short table on one page with
-- its caption and its note, `floating` moves a picture to where a page has room for it.
local function handed_to(name, div)
  if not is 'typst' then return div end
  return {pandoc.RawBlock('typst', '#' .. name .. '['), div, pandoc.RawBlock('typst', ']')}
end

local function filled_table(div)
  local entry = data.tables[div.identifier]
  if not entry then stop('no notebook recorded ' .. div.identifier) end
  local rows = pandoc.List(entry.rows):map(function(row) return pandoc.List(row):map(cell) end)
  local content = pandoc.Blocks {make_table(entry, rows, plain(entry.title))}
  if entry.source ~= '' then content:insert(source_note(entry.source)) end
  content:insert(pandoc.Para(fill(entry.title)))
  div.content = content
  return handed_to('whole', div)
end

-- The chain of every number that the document prints, in the order of first use.
local function trace(div)
  local rows = pandoc.List(order):map(function(key)
    local entry = data.numbers[key]
    -- What the page's script needs: what a column of numbers is sorted by.
    local amount = tonumber(entry.value) or tonumber(entry.low) or tonumber(entry.high)
    local behind = pandoc.List {{'unit', entry.unit}}
    if amount then behind:insert {'amount', tostring(amount)} end
    local anchor = pandoc.Span(words(entry.full), pandoc.Attr('trace-' .. key, {}, behind))
    return {{pandoc.Plain {anchor}}, cell(entry.formula), cell(entry.basis), cell(entry.rests_on)}
  end)
  local entry = {columns = {'Number', 'How it was got', 'Kind', 'Rests on'}, align = 'llll', widths = {.24, .48, .1, .18}}
  local title = 'Every number of this document, in the order of its first use'
  local kinds = pandoc.Div({pandoc.Plain(words(data.page.kinds))}, pandoc.Attr('', {'source-note'}))
  local content = pandoc.Blocks {make_table(entry, rows, title), kinds}
  content:extend(download('numbers', 'Download all numbers (CSV)'))
  content:insert(pandoc.Para(words(title)))
  div.content = content
  return div
end

-- Judgements and styled divs ---------------------------------------------------------------------------------

local function judgement_of(key)
  return data.judgements[key] or stop('no notebook recorded the judgement ' .. key)
end

-- In the PDF a row: what it is about, the proposition, and quieter what stands behind it.
local function judgement_row(entry)
  local because = pandoc.Inlines {pandoc.Emph(words('Would change if')), pandoc.Space()}
  because:extend(fill(entry.would_change))
  local blocks = pandoc.Blocks {pandoc.RawBlock('typst', '#judgement(['), pandoc.Plain(fill((entry.heading:gsub('%.$', ''))))}
  blocks:extend {pandoc.RawBlock('typst', '])['), pandoc.Plain(fill(entry.sentence)), pandoc.RawBlock('typst', '][')}
  blocks:extend {pandoc.Para(fill(entry.confidence)), pandoc.Para(because), pandoc.RawBlock('typst', ']')}
  return blocks
end

local function judgement(entry)
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
    local entry = judgement_of(key)
    if is 'typst' then
      content:extend(judgement_row(entry))
    else
      content:insert(pandoc.Div(judgement(entry), pandoc.Attr('judgement-' .. key, {'judgement'})))
    end
  end
  div.content = content
  div.attributes.keys = nil
  return div
end

-- What if -----------------------------------------------------------------------------------------------------

local unsafe = {
  ['<'] = '\\u003c', ['>'] = '\\u003e', ['&'] = '\\u0026', ['\u{2028}'] = '\\u2028', ['\u{2029}'] = '\\u2029',
}

-- The values as JSON that cannot end its own element; the page's scripts read them.
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
  return div
end

local styled = {
  ['numbers-box'] = 'numbers-box', ['note'] = 'note', ['source-note'] = 'source-note', ['small'] = 'small',
  ['contents'] = 'contents', ['lead'] = 'lead', ['side-heads'] = 'side-heads', ['brief-end'] = 'brief-end',
}

-- The HTML has its contents at the side and no pages; Typst puts them where the report says. Headings in a div
-- would be missing from the contents.
local function drop_contents(div)
  if div.classes:includes('contents') or div.classes:includes('brief-end') then return {} end
  if div.classes:includes('side-heads') then return div.content end
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

-- What a notebook had no reason to make leaves no trace: neither its place nor the words that lead there.
local function missing(id)
  return id:match('^fig%-') and not data.figures[id] or id:match('^tbl%-') and not data.tables[id]
end

local function if_drawn(span)
  local all = true
  span:walk {Cite = function(cite) all = all and not missing(cite.citations[1].id) end}
  return all and span.content or pandoc.Inlines {}
end

local function fill_span(span)
  local key = pandoc.utils.stringify(span.content)
  if span.classes:includes('num') then return number(key, span.attributes.show or '') end
  if span.classes:includes('finding') then return finding(key) end
  if span.classes:includes('latest') then return latest() end
  -- What stands in the place of a span is not visited again.
  if span.classes:includes('if-drawn') then return if_drawn(span):walk {Span = fill_span} end
  if span.classes:includes('command') then
    return pandoc.Code(inert(data.commands[key] or stop('there is no command ' .. key)))
  end
end

local function fill_div(div)
  if div.classes:includes('figures') then
    return pandoc.List(data.shown):map(function(name) return figure(pandoc.Div({}, pandoc.Attr(name))) end)
  end
  if div.identifier == 'tbl-trace' then return nil end
  if div.classes:includes('if-drawn') then
    if missing(div.identifier) then return {} end
    div.classes = div.classes:filter(function(class) return class ~= 'if-drawn' end)
  end
  if div.classes:includes('lead') then
    div.content = div.content:filter(function(one) return not missing(one.identifier) end):map(figure)
    return #div.content > 0 and div or {}
  end
  if #div.content == 0 and div.identifier:match('^fig%-') then return handed_to('floating', figure(div)) end
  if #div.content == 0 and div.identifier:match('^tbl%-') then return filled_table(div) end
  if div.classes:includes('judgements') then return judgements(div) end
  if div.classes:includes('what-if') then return what_if(div) end
end

local function renderer()
  local pandoc_version = 'pandoc ' .. tostring(PANDOC_VERSION)
  if quarto then return 'Quarto ' .. tostring(quarto.version) .. ', ' .. pandoc_version end
  return 'the built-in renderer, ' .. pandoc_version
end

-- The brief is the document up to its end mark. What it refers to must lie in it.
local function cut_to_brief(doc)
  local kept, ended = pandoc.Blocks {}, false
  for _, block in ipairs(doc.blocks) do
    ended = ended or (block.t == 'Div' and block.classes:includes('brief-end'))
    if not ended then kept:insert(block) end
  end
  if not ended then stop('the report has no ::: {.brief-end}, so it has no brief') end
  doc.blocks = kept
  local there = {}
  local function note(element) there[element.identifier] = true end
  doc:walk {Div = note, Header = note}
  doc:walk {Cite = function(cite)
    local id = cite.citations[1].id
    if not there[id] then stop('the brief refers to @' .. id .. ', which is not in it') end
  end}
  return doc
end

function Pandoc(doc)
  data = read_json(place_of_data(doc.meta))
  data.findings['renderer'] = renderer()
  if is 'typst' then
    data = with_lozenges(data, data.lacking or {})
  else
    data.findings['lacking'] = ''
  end
  brief = doc.meta['briefing-edition'] ~= nil and pandoc.utils.stringify(doc.meta['briefing-edition']) == 'brief'
  if brief then doc = cut_to_brief(doc) end
  for key, text in pairs(data.metadata) do
    doc.meta[key] = pandoc.MetaString(text)
  end
  if is 'html' then
    local page, scripts = data.page, ''
    for _, script in ipairs(page.scripts) do scripts = scripts .. '<script>' .. script .. '</script>\n' end
    doc.meta['briefing-policy'] = pandoc.MetaInlines {pandoc.RawInline('html', page.policy)}
    doc.meta['briefing-scripts'] = pandoc.MetaInlines {pandoc.RawInline('html', scripts)}
    doc.meta['briefing-structured'] = pandoc.MetaInlines {pandoc.RawInline('html', page.structured)}
  end
  doc = doc:walk {traverse = 'topdown', Span = fill_span, Div = fill_div}
  doc = doc:walk {Div = function(div) if div.identifier == 'tbl-trace' then return trace(div) end end}
  return doc:walk {Div = is 'typst' and styled_for_typst or drop_contents}
end
