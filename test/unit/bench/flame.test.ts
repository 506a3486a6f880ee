// Flame graphs from profile to picture: what is cut off, what is merged, what is drawn.

import { describe, expect, test } from 'vitest'
import { codeOf } from '../../bench/flame/code.ts'
import { documentOf } from '../../bench/flame/document.ts'
import type { CpuProfile, Frame, Merged, ProfileNode } from '../../bench/flame/profile.ts'
import { merge, mostSelfTime } from '../../bench/flame/profile.ts'
import { bytesMax, flameGraph, width } from '../../bench/flame/svg.ts'

const root = 'file:///srv/rookery/'
const labels = { title: 'Home <timelines>', about: '12 a second' }

function node(id: number, functionName: string, more: Partial<Source> = {}): ProfileNode {
  const { file, line = -1, children = [] } = more
  const url = file === undefined ? '' : file.startsWith('node:') ? file : `${root}${file}`
  return { id, callFrame: { functionName, url, lineNumber: line }, children }
}

type Source = { file: string; line: number; children: number[] }

/** (root) -> (idle), handle -> page, (garbage collector). */
const nodes = [
  node(1, '(root)', { children: [2, 3, 5] }),
  node(2, '(idle)'),
  node(3, 'handle', { file: 'shard/requests.ts', line: 36, children: [4] }),
  node(4, 'page', { file: 'shard/pages.ts', line: 9 }),
  node(5, '(garbage collector)'),
]

/** A sample every millisecond, the first one a millisecond after `startTime`. */
function profileOf(samples: readonly number[], startTime = 0): CpuProfile {
  const endTime = startTime + samples.length * 1_000
  return { nodes, startTime, endTime, samples, timeDeltas: samples.map(() => 1_000) }
}

function all(profiles: readonly CpuProfile[], toUs: number): Merged {
  return merge(profiles, { fromUs: 0, toUs }, root)
}

/** `name total/own`, and below it those it called. */
function lines(frame: Frame, indent = ''): string[] {
  const own = `${indent}${frame.code.name} ${frame.total}/${frame.own}`
  return [own, ...[...frame.children.values()].flatMap((one) => lines(one, `${indent}  `))]
}

/** As many functions side by side, with names of some length. */
function wideTree(count: number): Frame {
  const many = Array.from({ length: count }, (_, place) =>
    node(place + 2, `function${place}${'x'.repeat(60)}`, { file: 'shard/wide.ts', line: place }),
  )
  const profile = {
    nodes: [node(1, '(root)', { children: many.map(({ id }) => id) }), ...many],
    startTime: 0,
    endTime: count + 1,
    samples: many.map(({ id }) => id),
    timeDeltas: many.map(() => 1),
  }
  return merge([profile], { fromUs: 0, toUs: count + 1 }, root).root
}

describe('a profile', () => {
  test('is cut to the measured time, and to what is not idle', () => {
    const profile = profileOf([3, 3, 4, 2, 4, 5, 3, 3], 10_000)
    const merged = merge([profile], { fromUs: 12_500, toUs: 16_500 }, root)
    expect(lines(merged.root)).toEqual([
      'all 3/0',
      '  handle 2/0',
      '    page 2/2',
      '  (garbage collector) 1/1',
    ])
    expect(merged.samples).toBe(4)
  })

  test('that begins too late, or ends too early, is refused', () => {
    const profile = profileOf([3, 3, 3], 10_000)
    const within = (fromUs: number, toUs: number) => () => merge([profile], { fromUs, toUs }, root)
    expect(within(10_000, 13_000)).not.toThrow()
    expect(within(9_999, 13_000)).toThrow(RangeError)
    expect(within(10_000, 13_001)).toThrow(/does not span/)
  })

  test('of another process adds to the same functions', () => {
    const merged = all([profileOf([3, 4, 2]), profileOf([4, 4, 5])], 3_000)
    expect(lines(merged.root)).toEqual(['all 4/0', '  handle 4/1', '    page 3/3'])
    expect(merged.processes).toBe(2)
  })

  test('of a process that was only idle gives an empty graph', () => {
    const { root: frame, samples } = all([profileOf([2, 2, 2])], 3_000)
    expect(lines(frame)).toEqual(['all 0/0'])
    expect(samples).toBe(2)
    expect(flameGraph(frame, labels)).not.toMatch(/NaN|Infinity/)
  })
})

describe('self time', () => {
  test('of a function is that of all its stacks, the most first', () => {
    const recursive = [
      node(1, '(root)', { children: [2, 4] }),
      node(2, 'walk', { file: 'shard/walk.ts', line: 1, children: [3] }),
      node(3, 'walk', { file: 'shard/walk.ts', line: 1 }),
      node(4, 'rest', { file: 'shard/rest.ts', line: 0 }),
    ]
    const profile = { ...profileOf([2, 3, 4, 3]), nodes: recursive }
    const most = mostSelfTime(merge([profile], { fromUs: 0, toUs: 4_000 }, root), 12)
    expect(most.map(({ code, share }) => [code.key, share])).toEqual([
      ['walk shard/walk.ts:2', 2 / 3],
      ['rest shard/rest.ts:1', 1 / 3],
    ])
    expect(mostSelfTime(merge([profile], { fromUs: 0, toUs: 4_000 }, root), 1)).toHaveLength(1)
  })
})

describe('code', () => {
  test.each([
    ['file:///srv/rookery/shard/requests.ts', 36, 'handle shard/requests.ts:37', 'own'],
    [
      'file:///srv/rookery/node_modules/msgpackr/pack.js',
      0,
      'handle msgpackr/pack.js:1',
      'package',
    ],
    ['node:internal/timers', 435, 'handle node:internal/timers:436', 'node'],
    ['file:///elsewhere/of/somebody.js', 1, 'handle somebody.js:2', 'package'],
    ['', 4, 'handle eval:5', 'package'],
    ['', -1, 'handle ', 'native'],
  ])('of %s is told from its address', (url, lineNumber, key, kind) => {
    const frame = { functionName: 'handle', url, lineNumber }
    expect(codeOf(frame, { root, caller: 'it' })).toMatchObject({ key, kind })
  })

  test('without a name is told from its caller where it is native', () => {
    const named = (url: string) =>
      codeOf({ functionName: '', url, lineNumber: -1 }, { root, caller: 'copy' }).name
    expect([named(''), named('node:buffer')]).toEqual(['(native in copy)', '(anonymous)'])
  })

  test('in no function is a state of the process', () => {
    const frame = { functionName: '(program)', url: '', lineNumber: -1 }
    expect(codeOf(frame, { root, caller: 'all' }).kind).toBe('state')
  })
})

describe('a graph', () => {
  const page = [...new Array<number>(60).fill(4), ...new Array<number>(40).fill(5)]
  const { root: frame } = all([profileOf([3, ...page, 2, 2])], 102_500)

  test('has a rectangle for each frame, with its function, file and part', () => {
    const svg = flameGraph(frame, labels)
    expect(svg).toContain('<title>handle, shard/requests.ts:37: 60.4% (itself 1.0%)</title>')
    expect(svg).toContain('<title>page, shard/pages.ts:10: 59.4% (itself 59.4%)</title>')
    expect(svg).toContain('>(garbage collector)</text>')
    expect(svg).toContain('>page shard/pages.ts:10</text>')
    expect(svg).not.toContain('(idle)')
    expect(svg).not.toContain('<script')
  })

  test('stays within its width, and has a ground and letters of its own', () => {
    const svg = flameGraph(frame, labels)
    const boxes = [...svg.matchAll(/<rect class="(\w+)" x="([\d.]+)" y="\d+" width="([\d.]+)"/g)]
    expect(boxes.length).toBeGreaterThan(4)
    for (const [, , x, wide] of boxes) expect(Number(x) + Number(wide)).toBeLessThan(width)
    expect(svg).toContain('<rect class="ground" width="1200"')
    expect(svg).toMatch(/\.ground\{fill:#\w+\}/)
    expect(svg).toMatch(/text\{[^}]*fill:#\w+/)
  })

  test('leaves out frames that are too narrow to be seen', () => {
    const few = all([profileOf([...new Array<number>(998).fill(5), 3, 3, 2])], 1_000_500).root
    expect(few.children.size).toBe(2)
    expect(flameGraph(few, labels)).not.toContain('<title>handle')
  })

  test('writes what would be markup as text', () => {
    const strange = [
      node(1, '(root)', { children: [2] }),
      node(2, `RegExp: <a>&\u0007${'b'.repeat(200)}`),
    ]
    const profile = { ...profileOf([2, 2]), nodes: strange }
    const svg = flameGraph(merge([profile], { fromUs: 0, toUs: 2_000 }, root).root, labels)
    expect(svg).toContain('<title>Home &lt;timelines&gt;</title>')
    expect(svg).toContain('RegExp: &lt;a&gt;&amp; bbb')
    expect(svg).not.toContain('b'.repeat(100))
  })

  test('of very much shows less of it', () => {
    const wide = wideTree(300)
    const all = 'frames under 0.3% are left out'
    expect(flameGraph(wide, labels)).toContain(all)
    // On top of so many others there is no room for it.
    const tall = (depth: number): Frame => {
      if (depth === 0) return wide
      const below = tall(depth - 1)
      const code = { ...wide.code, name: `depth${depth}` }
      return { code, own: 0, total: wide.total, children: new Map([['1', below]]) }
    }
    const svg = flameGraph(tall(800), labels)
    expect(Buffer.byteLength(svg)).toBeLessThanOrEqual(bytesMax)
    expect(svg).not.toContain(all)
    expect(svg).toContain('depth800')
  })
})

describe('the document', () => {
  test('tells for each graph where the time went', () => {
    const merged = all([profileOf([3, 4, 4, 5, 2, 2])], 5_500)
    const round = {
      perSecond: 12_345.6,
      serverUs: 70,
      serverUsByKind: { shard: 40, gateway: 30 },
      clientLoad: 0.2,
      fromUs: 0,
      toUs: 8_000_000,
    }
    const load = { title: 'Pages', unit: 'pages', note: () => '32 sockets' }
    const graphs = [{ kind: 'shard', file: 'home-shard.svg', merged }]
    const sizes = {
      seconds: 8,
      warming: 2,
      shards: 2,
      users: 100,
      sockets: 32,
      inFlight: 32,
      followers: 10,
    }
    const provenance = { machine: 'a machine', date: '2026-11-21', commit: 'abc', command: 'bench' }
    const text = documentOf([{ load, round, graphs }], provenance, sizes)
    expect(text).toContain('Written by `bench`: 2026-11-21, commit abc, a machine.')
    expect(text).toContain('12346 pages a second, for 8.0 s: 32 sockets.')
    expect(text).toContain('![Flame graph of the shard](home-shard.svg)')
    expect(text).toContain('5 samples of one process, 80.0% of them not idle')
    expect(text).toMatch(/\| `page` +\| shard\/pages\.ts:10 +\| 50\.0% +\|/)
  })
})
