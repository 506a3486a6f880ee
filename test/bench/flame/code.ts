// What a frame of a profile is called, and whose code it is. Pure.

/** As a profile tells it. */
export type CallFrame = {
  readonly functionName: string
  readonly url: string
  /** From 0 on; -1 where there is no source. */
  readonly lineNumber: number
}

/** `state` is what a process does outside of all functions: collecting garbage, native code of the loop. */
export type CodeKind = 'own' | 'package' | 'node' | 'native' | 'state'

export type Code = {
  /** Of the same function in other stacks and processes. */
  readonly key: string
  readonly name: string
  /** File and line: `shard/requests.ts:12`; empty for what has no source. */
  readonly place: string
  readonly kind: CodeKind
}

/** Where a frame is: names of our own files begin at `root`, the address of a directory (`file:///…/`). */
export type Surroundings = { readonly root: string; readonly caller: string }

const packages = /^.*\/node_modules\//

export function codeOf(frame: CallFrame, { root, caller }: Surroundings): Code {
  const { functionName, lineNumber } = frame
  const { file, kind } = sourceOf(frame, root)
  // Who calls it tells more of a native function that has no name.
  const unnamed = kind === 'native' ? `(native in ${caller})` : '(anonymous)'
  const name = functionName === '' ? unnamed : functionName
  const place = file === '' ? '' : `${file}:${lineNumber + 1}`
  return { key: `${name} ${place}`, name, place, kind }
}

function sourceOf(
  { url, functionName, lineNumber }: CallFrame,
  root: string,
): { file: string; kind: CodeKind } {
  if (url === '') {
    if (/^\(.+\)$/.test(functionName)) return { file: '', kind: 'state' }
    // Made from a text at run time, as decoders do it.
    if (lineNumber >= 0) return { file: 'eval', kind: 'package' }
    return { file: '', kind: 'native' }
  }
  if (url.startsWith('node:')) return { file: url, kind: 'node' }
  if (packages.test(url)) return { file: url.replace(packages, ''), kind: 'package' }
  if (url.startsWith(root)) return { file: url.slice(root.length), kind: 'own' }
  // Nobody else's directories are told in what is kept: the last name says enough.
  return { file: url.slice(url.lastIndexOf('/') + 1), kind: 'package' }
}
