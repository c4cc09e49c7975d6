-- Cross-references and conditional content for the built-in renderer: what Quarto does by itself.

local labels = {} -- identifier -> 'Figure 1'
local kinds = {fig = 'Figure', tbl = 'Table'}

local function shown(div)
  local format = div.attributes['when-format']
  if not format then return true end
  return (FORMAT:match(format) ~= nil) == div.classes:includes('content-visible')
end

local function drop_hidden(div)
  if not (div.classes:includes('content-visible') or div.classes:includes('content-hidden')) then return nil end
  return shown(div) and div.content or {}
end

local function number_all(doc)
  local counts, sections = {fig = 0, tbl = 0}, {}
  doc:walk {
    traverse = 'topdown',
    Div = function(div)
      local kind = div.identifier:match('^(%a+)%-')
      if kinds[kind] then
        counts[kind] = counts[kind] + 1
        labels[div.identifier] = kinds[kind] .. '\u{a0}' .. counts[kind]
      end
    end,
    Header = function(header)
      if header.classes:includes('unnumbered') then return nil end
      sections[header.level] = (sections[header.level] or 0) + 1
      for level = header.level + 1, 6 do sections[level] = 0 end
      labels[header.identifier] = 'Section\u{a0}' .. table.concat(sections, '.', 1, header.level)
    end,
  }
end

-- The alternative text where pandoc's writers look for it.
local function described(image)
  image.caption = pandoc.Inlines(image.attributes['fig-alt'])
  image.attributes['fig-alt'] = nil
  return image
end

-- As Quarto does it: the note under a table is a part of its figure.
local function typst_table(content, caption, id)
  content[1].classes:insert('typst:no-figure')
  local blocks = pandoc.Blocks {pandoc.RawBlock('typst', '#figure([')}
  blocks:extend(content)
  blocks:extend {pandoc.RawBlock('typst', '], caption: ['), caption}
  blocks:insert(pandoc.RawBlock('typst', '], kind: table, supplement: [Table]) <' .. id .. '>'))
  return blocks
end

-- [picture or table, ..., caption] -> a figure or a captioned table, numbered.
local function float(div)
  local kind = div.identifier:match('^(%a+)%-')
  if not kinds[kind] then return nil end
  local content = pandoc.Blocks(div.content)
  local caption = content:remove()
  local label = pandoc.Span(pandoc.Inlines(labels[div.identifier] .. ':'), pandoc.Attr('', {'label'}))
  if FORMAT:match 'html' then
    caption = pandoc.Plain(pandoc.Inlines {label, pandoc.Space()} .. caption.content)
  else
    caption = pandoc.Plain(caption.content)
  end
  if kind == 'tbl' and FORMAT:match 'typst' then return typst_table(content, caption, div.identifier) end
  if content[1].t == 'Para' then content[1] = pandoc.Plain(content[1]:walk({Image = described}).content) end
  return pandoc.Figure(content, {long = {caption}}, pandoc.Attr(div.identifier, {'float'}))
end

local function reference(cite)
  local id = cite.citations[1].id
  if not (kinds[id:match('^(%a+)%-')] or id:match('^sec%-')) then return nil end
  assert(labels[id], 'briefing: @' .. id .. ' refers to nothing')
  return pandoc.Link(pandoc.Inlines(labels[id]), '#' .. id, '', pandoc.Attr('', {'cross-reference'}))
end

function Pandoc(doc)
  doc = doc:walk {Div = drop_hidden}
  number_all(doc)
  return doc:walk {Cite = reference, Div = float}
end
