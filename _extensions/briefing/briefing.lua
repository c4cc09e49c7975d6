-- Fills report.qmd from document.json, under Quarto and under the built-in renderer alike. docs/report.md says
-- what an author writes; every text of document.json becomes plain words (pandoc escapes them), never markup.
--
--   [key]{.num}  [key]{.num show=range}  [key]{.count of="body" many="bodies"}      numbers with their chain
--   [name]{.likely}  [name]{.text}  [name]{.command}  [edition]{.latest}            other texts of the document
--   {.when fact="a.b" not="c.d"}  {.if-drawn}                                       spans and divs that may go
--   ::: {.title}                                                                    the document's title
--   ::: {#fig-x} with .alt, .source, .step, .step-alt, caption                      a figure
--   ::: {#tbl-x} with .source, caption                                              a table
--   ::: {.figures}           every figure of a comparison, its drawings side by side
--   ::: {.judgement}         proposition, confidence, what would change it
--   ::: {.what-if}           sliders, in the page; what it holds is for readers without JavaScript
--   ::: {.lead}              the figure of the first page, which takes what room the page has left
--   ::: {.side-heads}        short paragraphs with their headings at their side
--   ::: {.frame}, {.note}, {.small}          styled divs around what they hold
--   ::: {.page-two}, {.brief-end}            empty divs: the second page begins, and ends with the brief
--   ::: {.contents}          the table of contents, in the PDF
--
-- With the metadata `briefing-edition: brief` the document ends at its brief-end.

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
local said = nil -- while a text is flattened, numbers are words and not links

local function entry_of(key)
  return data.numbers[key] or stop('no notebook recorded the number ' .. key)
end

-- A number stands for its chain the first time that the document prints it.
local function linked(key, text)
  if not used[key] then
    used[key] = true
    order[#order + 1] = key
  end
  if brief then return pandoc.Span(words(text)) end
  -- Said after the number by a screen reader: the row of the trace, with unit and range.
  local described = is 'html' and {{'aria-describedby', 'trace-' .. key}} or {}
  -- A number stays on its line; a text that is recorded as one, such as the names of bodies, may fold.
  local classes = #text > 40 and {'num', 'folds'} or {'num'}
  return pandoc.Link(words(text), '#trace-' .. key, '', pandoc.Attr('', classes, described))
end

local function number(key, show)
  local entry = entry_of(key)
  if show and not SHOWN[show] then stop('[' .. key .. ']{.num show=' .. show .. '}: show is range') end
  local text = entry[SHOWN[show or '']]
  -- In a sentence an exact number is its own range.
  if said then return pandoc.Span(words(show == 'range' and entry.range_text ~= '' and entry.range_text or entry.text)) end
  return linked(key, text)
end

local COUNTED = {[0] = 'no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'}

-- A count in words with what is counted: "one body", "19 claims".
local function count(key, attributes)
  local entry = entry_of(key)
  local amount = tonumber(entry.value)
  local one = attributes.of or stop('[' .. key .. ']{.count}: say of what, as of="claim"')
  local text = (COUNTED[amount] or entry.text) .. ' ' .. (amount == 1 and one or attributes.many or one .. 's')
  if attributes.begins then text = text:gsub('^%l', string.upper) end
  if said then return pandoc.Span(words(text)) end
  return linked(key, text)
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

-- Cases ------------------------------------------------------------------------------------------------------

local function holds(key)
  local fact = data.facts[key]
  if not fact then stop('no notebook recorded the fact ' .. key) end
  return fact.holds
end

-- What a notebook had no reason to make leaves no trace: neither its place nor the words that lead there.
local function missing(id)
  return id:match('^fig%-') and not data.figures[id] or id:match('^tbl%-') and not data.tables[id]
end

local function applies(element)
  local attributes = element.attributes
  if not (attributes.fact or attributes['not']) then stop('a case names no fact: ' .. pandoc.utils.stringify(element)) end
  for key in (attributes.fact or ''):gmatch('%S+') do
    if not holds(key) then return false end
  end
  for key in (attributes['not'] or ''):gmatch('%S+') do
    if holds(key) then return false end
  end
  return true
end

local function drawn(element)
  local all = not (element.identifier ~= '' and missing(element.identifier))
  element:walk {Cite = function(cite) all = all and not missing(cite.citations[1].id) end}
  return all
end

local function without(element, class)
  element.classes = element.classes:filter(function(one) return one ~= class end)
  return element
end

-- What stands in the place of an element is not visited again: visit it here.
local case
function case(element)
  local function settled() return element.content:walk {traverse = 'topdown', Div = case, Span = case} end
  if element.classes:includes('when') then return applies(element) and settled() or {} end
  if element.classes:includes('if-drawn') then
    if not drawn(element) then return {} end
    return element.identifier == '' and settled() or without(element, 'if-drawn')
  end
end

-- No gap is left where a sentence went.
local function closed_up(inlines)
  local kept = pandoc.Inlines {}
  for _, one in ipairs(inlines) do
    local space = one.t == 'Space' or one.t == 'SoftBreak'
    if not (space and (#kept == 0 or kept[#kept].t == 'Space' or kept[#kept].t == 'SoftBreak')) then
      -- A count that begins a sentence has a capital.
      local before = kept[#kept - 1]
      local begins = #kept == 0 or before and pandoc.utils.stringify(before):match('[.!?]$')
      if one.t == 'Span' and one.classes:includes('count') and begins then one.attributes.begins = 'yes' end
      kept:insert(one)
    end
  end
  while #kept > 0 and (kept[#kept].t == 'Space' or kept[#kept].t == 'SoftBreak') do kept:remove() end
  return kept
end

local function closed_up_block(block)
  block.content = closed_up(block.content)
  return #block.content > 0 and block or {}
end

-- Leave what this document says: cases that hold, without gaps.
local function settle(doc)
  doc = doc:walk {traverse = 'topdown', Div = case, Span = case}
  return doc:walk {Para = closed_up_block, Plain = closed_up_block}
end

-- Spans ------------------------------------------------------------------------------------------------------

-- The latest edition by name; a link in the HTML, where it lies beside this one.
local function latest()
  local entry = data.latest
  local name = words(entry.name)
  if entry.url ~= '' and is 'html' and not said then name = pandoc.Inlines {pandoc.Link(name, entry.url)} end
  return name
end

local function text_of(kind, key)
  return data[kind][key] or stop('there is no ' .. kind:sub(1, -2) .. ' ' .. key)
end

local function likely(key)
  local entry = data.likelihoods[key] or stop('no notebook recorded the likelihood ' .. key)
  local place = '{judgement.' .. key .. '}'
  local says = entry.says:gsub(entry.printed:gsub('%W', '%%%0'), place)
  return pandoc.Span(fill(says))
end

local function fill_span(span)
  local classes, key = span.classes, pandoc.utils.stringify(span.content)
  if classes:includes('num') then return number(key, span.attributes.show) end
  if classes:includes('count') then return count(key, span.attributes) end
  if classes:includes('likely') then return likely(key) end
  if classes:includes('text') then return words(text_of('texts', key)) end
  if classes:includes('latest') then return latest() end
  if classes:includes('command') then return pandoc.Code(inert(text_of('commands', key))) end
  if classes:includes('of-step') and said then return words(said[key] or stop('no step has a text ' .. key)) end
end

-- What stands in a block as one plain text; `step` holds the texts of a step.
local function flat(block, step)
  said = step or {}
  local text = pandoc.utils.stringify(pandoc.Div(pandoc.Blocks(block.content)):walk {traverse = 'topdown', Span = fill_span})
  said = nil
  return text
end

-- What a float holds in the source: its caption and the texts of its classes.
local function parts_of(div)
  local found = {blocks = {}}
  for _, block in ipairs(div.content) do
    local class = block.t == 'Div' and block.classes[1]
    if class == 'alt' or class == 'source' or class == 'step' or class == 'step-alt' then
      found[class] = block
    else
      found.caption = block.content
    end
  end
  return found
end

local function filled(inlines)
  return pandoc.Inlines(inlines):walk {traverse = 'topdown', Span = fill_span}
end

local function flat_inlines(inlines, step)
  return flat({content = {pandoc.Plain(inlines)}}, step)
end

-- Figures and tables -----------------------------------------------------------------------------------------

local function source_note(text, page, stamped)
  text = pandoc.Inlines(text)
  if #text > 0 and stamped then text:insert(pandoc.Space()) end
  if stamped then text:extend(words(data.stamp)) end
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

-- What is said of a part of a picture, and beside it.
local function step_words(told, step)
  return told['step-alt'] and flat(told['step-alt'], step.texts) or '', told.step and flat(told.step, step.texts) or ''
end

-- The parts of a picture, of which the page's script shows one at a time in its place.
local function steps(entry, told)
  local parts = pandoc.List(entry.steps):map(function(step)
    local alt, beside = step_words(told, step)
    local svg = drawing(data.folder .. '/' .. step.file, alt)
    local attribute = '" data-said="' .. in_attribute(beside)
    return '<div class="step" data-label="' .. in_attribute(step.label) .. attribute .. '" hidden>' .. svg .. '</div>'
  end)
  return table.concat(parts, '\n')
end

-- What a figure or table says: from the report, or, of a comparison's figures, from their own documents.
local function told_by(div, entry)
  local parts = parts_of(div)
  parts.title = parts.caption or fill(entry.title or '')
  parts.note = parts.source and parts.source.content[1] and parts.source.content[1].content or words(entry.source or '')
  parts.flat_alt = parts.alt and flat(parts.alt) or entry.alt or ''
  return parts
end

local function picture(entry, told)
  if entry.drawings then return side_by_side(entry.drawings) end
  local path = data.folder .. '/' .. entry.file
  if is 'html' then
    local whole = '<div class="whole">' .. drawing(path, told.flat_alt) .. '</div>\n'
    return pandoc.Div({pandoc.RawBlock('html', whole .. steps(entry, told))}, scroller(flat_inlines(told.title), {'drawing'}))
  end
  return pandoc.RawBlock('typst', typst_picture(entry.file, told.flat_alt))
end

local function figure(div)
  local entry = data.figures[div.identifier]
  if not entry then stop('no notebook drew ' .. div.identifier) end
  local told = told_by(div, entry)
  local content = pandoc.Blocks {picture(entry, told), source_note(filled(told.note), entry.page, true)}
  content:extend(download(div.identifier, 'Download the data (CSV)'))
  content:insert(pandoc.Para(filled(told.title)))
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
  local told = told_by(div, entry)
  local rows = pandoc.List(entry.rows):map(function(row) return pandoc.List(row):map(cell) end)
  local content = pandoc.Blocks {make_table(entry, rows, flat_inlines(told.title))}
  if #told.note > 0 then content:insert(source_note(filled(told.note))) end
  content:insert(pandoc.Para(filled(told.title)))
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

-- In the PDF a row: what it is about, the proposition, and quieter what stands behind it.
local function judgement(div)
  local paragraphs = div.content:walk({traverse = 'topdown', Span = fill_span}):filter(function(block) return block.t == 'Para' end)
  if #paragraphs == 0 then return {} end
  local first = paragraphs:remove(1)
  if not is 'typst' then
    div.content = pandoc.Blocks {first}
    if #paragraphs > 0 then div.content:insert(pandoc.Div(paragraphs, pandoc.Attr('', {'because'}))) end
    return div
  end
  local sentence = pandoc.Inlines(first.content)
  local heading = sentence[1] and sentence[1].t == 'Strong' and sentence:remove(1).content or pandoc.Inlines {}
  local blocks = pandoc.Blocks {pandoc.RawBlock('typst', '#judgement(['), pandoc.Plain(heading)}
  blocks:extend {pandoc.RawBlock('typst', '])['), pandoc.Plain(closed_up(sentence)), pandoc.RawBlock('typst', '][')}
  blocks:extend(paragraphs)
  blocks:insert(pandoc.RawBlock('typst', ']'))
  return blocks
end

-- What if -----------------------------------------------------------------------------------------------------

local unsafe = {
  ['<'] = '\\u003c', ['>'] = '\\u003e', ['&'] = '\\u0026', ['\u{2028}'] = '\\u2028', ['\u{2029}'] = '\\u2029',
}

-- The values as JSON that cannot end its own element; the page's scripts read them.
local function what_if(div)
  local entry = data.what_if
  if not (entry and is 'html') or entry.uncovered ~= '' then return {} end
  div.identifier = 'what-if'
  local json = pandoc.json.encode(entry):gsub(utf8.charpattern, unsafe)
  div.content:insert(pandoc.RawBlock('html', '<script type="application/json" id="what-if-data">' .. json .. '</script>'))
  return div
end

local styled = {
  ['frame'] = 'frame', ['note'] = 'note', ['source-note'] = 'source-note', ['small'] = 'small',
  ['contents'] = 'contents', ['lead'] = 'lead', ['side-heads'] = 'side-heads', ['brief-end'] = 'brief-end',
  ['page-two'] = 'page-two',
}

-- The HTML has its contents at the side and no pages; Typst puts them where the report says. Headings in a div
-- would be missing from the contents.
local function drop_contents(div)
  if div.classes:includes('contents') or div.classes:includes('brief-end') or div.classes:includes('page-two') then return {} end
  if div.classes:includes('side-heads') then return div.content end
  if div.classes:includes('frame') and #div.content == 0 then return {} end
end

-- Typst knows no classes: a styled div becomes a call of the template's function of the same name.
local function styled_for_typst(div)
  local name = styled[div.classes[1]]
  if not name then return nil end
  if name == 'frame' and #div.content == 0 then return {} end
  local blocks = pandoc.Blocks {pandoc.RawBlock('typst', '#' .. name .. '[')}
  blocks:extend(div.content)
  blocks:insert(pandoc.RawBlock('typst', ']'))
  return blocks
end

-- The document -----------------------------------------------------------------------------------------------

local function fill_div(div)
  if div.classes:includes('title') then return {} end
  if div.classes:includes('figures') then
    return pandoc.List(data.shown):map(function(name) return figure(pandoc.Div({}, pandoc.Attr(name))) end)
  end
  if div.identifier == 'tbl-trace' then return nil end
  if div.classes:includes('lead') then
    div.content = div.content:map(figure)
    return #div.content > 0 and div or {}, false
  end
  -- What is filled is not visited again.
  if div.identifier:match('^fig%-') then return handed_to('floating', figure(div)), false end
  if div.identifier:match('^tbl%-') then return filled_table(div), false end
  if div.classes:includes('judgement') then return judgement(div), false end
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

-- A document's data, and its source with the cases that hold.
local function begin(doc)
  data = read_json(place_of_data(doc.meta))
  data.texts['renderer'] = renderer()
  if is 'typst' then
    data = with_lozenges(data, data.lacking or {})
  else
    data.facts['letters.lacking'] = {holds = false}
  end
  brief = doc.meta['briefing-edition'] ~= nil and pandoc.utils.stringify(doc.meta['briefing-edition']) == 'brief'
  doc = settle(doc)
  return brief and cut_to_brief(doc) or doc
end

function Pandoc(doc)
  doc = begin(doc)
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
  doc = doc:walk {traverse = 'topdown', Div = fill_div, Span = fill_span}
  doc = doc:walk {Div = function(div) if div.identifier == 'tbl-trace' then return trace(div) end end}
  return doc:walk {Div = is 'typst' and styled_for_typst or drop_contents}
end

-- What the document says of itself and of its figures, as plain text: words.json.
function Words(doc)
  doc = begin(doc)
  local found = {title = '', figures = {}, tables = {}, judgements = {}, numbers = {}}
  local function note(div)
    if div.classes:includes('title') then
      found.title = div.content[1] and flat_inlines(div.content[1].content) or ''
    elseif div.identifier:match('^fig%-') and data.figures[div.identifier] then
      local entry = data.figures[div.identifier]
      local told = told_by(div, entry)
      local one = {title = flat_inlines(told.title), alt = told.flat_alt, source = flat_inlines(told.note)}
      if entry.steps then
        one.steps = pandoc.List(entry.steps):map(function(step)
          local alt, beside = step_words(told, step)
          return {said = beside, alt = alt}
        end)
      end
      found.figures[div.identifier] = one
    elseif div.identifier:match('^tbl%-') and data.tables[div.identifier] then
      local told = told_by(div, data.tables[div.identifier])
      found.tables[div.identifier] = {title = flat_inlines(told.title), source = flat_inlines(told.note)}
    elseif div.classes:includes('judgement') and #div.content > 0 then
      local one = pandoc.List(div.content):map(function(block) return flat_inlines(block.content) end)
      local heading = div.content[1].content[1]
      heading = heading and heading.t == 'Strong' and pandoc.utils.stringify(heading) or ''
      found.judgements[div.identifier:gsub('^judgement%-', '')] = {
        heading = heading, sentence = (one[1]:sub(#heading + 1):gsub('^%s+', '')),
        confidence = one[2] or '', would_change = one[3] or '',
      }
    else
      return nil
    end
    return div, false
  end
  doc:walk {traverse = 'topdown', Div = note}
  -- What a reader finds as a link to its chain.
  doc:walk {traverse = 'topdown', Div = function(div)
    local class = div.classes[1]
    if class == 'title' or class == 'alt' or class == 'step' or class == 'step-alt' then return {}, false end
  end}:walk {Span = function(span)
    if span.classes:includes('num') or span.classes:includes('count') then found.numbers[pandoc.utils.stringify(span.content)] = true end
  end}
  local keys = pandoc.List {}
  for key in pairs(found.numbers) do keys:insert(key) end
  keys:sort()
  found.numbers = keys
  return found
end
