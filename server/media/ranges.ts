// Range requests (RFC 9110, section 14), as far as media need them: one range of bytes. Pure.

export type Range = { readonly from: number; readonly to: number }

/**
 * What part of a file a `Range` header asks for.
 * @returns undefined for the whole: no header, several ranges, or something else; 'unsatisfiable' for a
 * part that the file does not have
 */
export function rangeOf(header: string, bytes: number): Range | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim())
  if (match === null) return undefined
  const [first = '', last = ''] = match.slice(1)
  if (first === '' && last === '') return undefined
  if (first === '') {
    const suffix = Math.min(Number(last), bytes)
    return suffix === 0 ? 'unsatisfiable' : { from: bytes - suffix, to: bytes - 1 }
  }
  const from = Number(first)
  const to = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)
  if (last !== '' && Number(last) < from) return undefined
  return from >= bytes ? 'unsatisfiable' : { from, to }
}

/** Whether one of the tags of an `If-None-Match` is this one: then the client has the file. */
export function isTagAmong(header: string, tag: string): boolean {
  if (header.trim() === '*') return true
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === tag)
}
