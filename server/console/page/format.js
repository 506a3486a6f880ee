// Numbers and times as a person reads them, and elements made of text alone.

const shardColours = [
  '#8ecae6',
  '#ffd166',
  '#a8dadc',
  '#f4a6b8',
  '#b7e4a0',
  '#cdb4f6',
  '#ffb385',
  '#d0d0d0',
]

/** @param {string} tag @param {Record<string, unknown>} [properties] @param {...(Node | string)} children */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('data-') || name.startsWith('aria-')) made.setAttribute(name, String(value))
    else made[name] = value
  }
  made.append(...children)
  return made
}

export function count(value) {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} G`
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`
  if (value >= 1e5) return `${(value / 1e3).toFixed(0)} k`
  return Math.round(value).toLocaleString('en')
}

export function rate(value) {
  return value > 0 && value < 10 ? value.toFixed(1) : count(value)
}

export function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let unit = 0
  let shown = value
  while (shown >= 1024 && unit < units.length - 1) {
    shown /= 1024
    unit++
  }
  return `${shown >= 100 || unit === 0 ? shown.toFixed(0) : shown.toFixed(1)} ${units[unit]}`
}

export function milliseconds(value) {
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`
  return `${value >= 10 ? value.toFixed(0) : value.toFixed(1)} ms`
}

export function span(seconds) {
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`
}

export function clock(ms) {
  return new Date(ms).toLocaleTimeString('en-GB')
}

/** The same colour for a shard as long as the same shards are there. */
export function colourOf(name, names) {
  const place = names.indexOf(name)
  return place === -1 ? '#d0d0d0' : shardColours[place % shardColours.length]
}
