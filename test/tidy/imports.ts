// Who may import whom: the five folders, the layers of a shard, foreign libraries, no cycles, and no
// file that nobody uses.

import { posix } from 'node:path'
import type { SourceFile, Violation } from './source.ts'
import { isCode, lineAt } from './source.ts'

/** One import of a file. `target` is a path of ours, or the name of a package or of a part of Node. */
type Import = {
  readonly target: string
  readonly isOurs: boolean
  readonly line: number
}

const importPattern =
  /\b(?:import\s+(?:type\s+)?(?:[\w\s*{},$]+\s+from\s+)?|export\s+(?:type\s+)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?)\s+from\s+)['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]/g
const urlPattern = /\bnew URL\(\s*['"]([^'"\n]+\.tsx?)['"]\s*,\s*import\.meta\.url/g

export function importsOf(file: SourceFile): Import[] {
  return [...file.codeAndStrings.matchAll(importPattern)].map((match) => {
    const specifier = match[1] ?? match[2] ?? ''
    const isOurs = specifier.startsWith('.')
    return {
      target: isOurs ? resolved(file, specifier) : packageOf(specifier),
      isOurs,
      line: lineAt(file.codeAndStrings, match.index),
    }
  })
}

function resolved(file: SourceFile, specifier: string): string {
  return posix.join(posix.dirname(file.path), specifier)
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier)
}

const folderMayImport: Readonly<Record<string, readonly string[]>> = {
  protocol: ['protocol'],
  server: ['server', 'protocol'],
  shard: ['shard', 'protocol'],
  loadtest: ['loadtest', 'protocol'],
  test: ['test', 'loadtest', 'server', 'shard', 'protocol'],
}

/** test -> loadtest, server, shard -> protocol; nothing back, nothing across. */
export function importDirection(files: readonly SourceFile[]): Violation[] {
  return eachImport(files, (file, { target, isOurs, line }) => {
    const folder = file.path.split('/')[0] ?? ''
    const allowed = folderMayImport[folder]
    if (!isOurs || allowed === undefined || allowed.includes(target.split('/')[0] ?? '')) return
    return {
      path: file.path,
      line,
      advice: `${folder}/ must not import ${target}: it may import ${allowed.join(', ')}. Move what both need to protocol/.`,
    }
  })
}

type Layers = readonly (readonly [RegExp, number])[]

/** The layers of a shard, from the inside out. The ports to the log may be known by all. */
const shardLayers: Layers = [
  [/^shard\/state\/memory\//, 0],
  [/^shard\/state\/(rings|graph|media)\//, 1],
  [/^shard\/state\/users\//, 2],
  [/^shard\/state\/tweets\//, 3],
  [/^shard\/state\/(timelines|index)\//, 4],
  [/^shard\/state\//, 5],
  [/^shard\/operations\//, 6],
  [/^shard\/([a-z-]+\.ts$|live\/|placement\/|snapshots\/)/, 7],
  [/^shard\/(bodies|net|replication|fanout)\//, 8],
]
const shardEntry = /^shard\/(main|run-shard|shard-process)\.ts$/
const shardPort = /^shard\/replication\/(log|position|members|snapshot-registry|digest-entry)\.ts$/

/** main -> net, replication, fanout -> shard.ts -> operations -> state. */
export function shardDirection(files: readonly SourceFile[]): Violation[] {
  return eachImport(files, (file, { target, line }) => {
    if (shardEntry.test(file.path) || shardPort.test(target)) return
    const [from, to] = [layerOf(file.path, shardLayers), layerOf(target, shardLayers)]
    if (from === undefined || to === undefined || to <= from) return
    return {
      path: file.path,
      line,
      advice: `${file.path} must not import ${target}: inside shard/ imports go main -> net, replication, fanout -> shard.ts -> operations -> state -> its parts (shardLayers in test/tidy/imports.ts). Take it as an argument, wired in shard/run-shard.ts.`,
    }
  })
}

/** The layers of the load tool, from the inside out. */
const loadtestLayers: Layers = [
  [/^loadtest\/(std|report)\/|^loadtest\/options\.ts$/, 0],
  [/^loadtest\/(client|oracle)\//, 1],
  [/^loadtest\/cluster\/|^loadtest\/scenario\.ts$/, 2],
  [/^loadtest\/people\//, 3],
  [/^loadtest\/(verify|import|closed-loop|http)\//, 4],
  [/^loadtest\/swarm\//, 5],
  [/^loadtest\/soak\//, 6],
  [/^loadtest\/scenarios\//, 7],
  [/^loadtest\/main\.ts$/, 8],
]

/** main -> scenarios -> the kinds of load -> people -> cluster -> client, oracle -> report, std. */
export function loadtestDirection(files: readonly SourceFile[]): Violation[] {
  return eachImport(files, (file, { target, line }) => {
    if (!file.path.startsWith('loadtest/') || !target.startsWith('loadtest/')) return
    const from = layerOf(file.path, loadtestLayers)
    const to = layerOf(target, loadtestLayers)
    if (from !== undefined && to !== undefined && to <= from) return
    return {
      path: file.path,
      line,
      advice: `${file.path} must not import ${target}: see loadtestLayers in test/tidy/imports.ts. Move what both need further in, or take it as an argument.`,
    }
  })
}

function layerOf(path: string, layers: Layers): number | undefined {
  return layers.find(([pattern]) => pattern.test(path))?.[1]
}

/** Who imports each library. A new library gets a line here, and one importer. */
export const libraryImporters: Readonly<Record<string, RegExp>> = {
  msgpackr: /^protocol\/frame\.ts$/,
  'hash-ring': /^protocol\/placement\.ts$/,
  pino: /^protocol\/std\/log\.ts$/,
  'prom-client':
    /^(protocol\/std\/(admin|event-loop-lag|metric-families)|server\/metrics|shard\/metrics)\.ts$/,
  'uWebSockets.js': /^server\/listener\.ts$/,
  sharp: /^server\/media\/thumbnail-process\.ts$/,
  argon2: /^shard\/passwords\.ts$/,
  lmdb: /^shard\/replication\/embedded\/embedded\.ts$/,
  ioredis: /^shard\/replication\/redis\/redis\.ts$/,
  piscina: /^shard\/fanout\/(pool|worker)\.ts$/,
  ws: /^loadtest\/client\/socket\.ts$/,
  autocannon: /^loadtest\/http\/autocannon\.ts$/,
  'hdr-histogram-js': /^loadtest\//,
  'cli-progress': /^loadtest\//,
  preact: /^server\/web\//,
  '@preact/signals': /^server\/web\//,
  uplot: /^server\/web\//,
  vite: /^server\/web\//,
  vitest: /^test\//,
  'fast-check': /^test\//,
  'playwright-core': /^test\//,
}

/** One importer for each foreign library, so that it can be replaced in one file. Tests are free. */
export function oneImporterPerLibrary(files: readonly SourceFile[]): Violation[] {
  return eachImport(files, (file, { target, isOurs, line }) => {
    const isBuiltIn = target.startsWith('node:')
    if (isOurs || isBuiltIn || file.path.startsWith('test/')) return
    const allowed = libraryImporters[target]
    if (allowed?.test(file.path)) return
    const advice =
      allowed === undefined
        ? `${target} is a new library: name its one importer in libraryImporters of test/tidy/imports.ts.`
        : `${target} may be imported by ${allowed.source} only: go through that file.`
    return { path: file.path, line, advice }
  })
}

/** A cycle of imports, types included: two files that need each other are one, or hide a third. */
export function noCycles(files: readonly SourceFile[]): Violation[] {
  const graph = new Map(
    files.filter(isCode).map((file) => [file.path, importsOf(file).filter(({ isOurs }) => isOurs)]),
  )
  const finished = new Set<string>()
  const violations: Violation[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start !== -1) {
      const cycle = [...trail.slice(start), path].join(' -> ')
      violations.push({
        path,
        line: 1,
        advice: `a cycle of imports: ${cycle}. Move what both need to a third file.`,
      })
      return
    }
    if (finished.has(path)) return
    for (const { target } of graph.get(path) ?? []) visit(target, [...trail, path])
    finished.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return violations
}

/** A file of production code or of the test helpers that nothing imports, starts or names. */
export function noOrphans(files: readonly SourceFile[]): Violation[] {
  const used = new Set<string>()
  for (const file of files) {
    for (const { target, isOurs } of importsOf(file)) if (isOurs) used.add(target)
    for (const match of file.codeAndStrings.matchAll(urlPattern)) {
      used.add(resolved(file, match[1] ?? ''))
    }
    if (file.path === 'package.json') for (const path of scriptPaths(file.text)) used.add(path)
    if (file.path.endsWith('.html')) {
      for (const match of file.text.matchAll(/src="([^"]+)"/g)) used.add(resolved(file, match[1]!))
    }
  }
  return files
    .filter((file) => isCode(file) && !used.has(file.path) && !isEntry(file.path))
    .map((file) => ({
      path: file.path,
      line: 1,
      advice: 'nothing imports this file: use it, or delete it.',
    }))
}

function isEntry(path: string): boolean {
  return /\.(test|bench)\.ts$/.test(path) || /(^|\/)vite(st)?\.config\.ts$/.test(path)
}

function scriptPaths(packageJson: string): string[] {
  const { scripts = {} } = JSON.parse(packageJson) as { scripts?: Record<string, string> }
  return Object.values(scripts).flatMap((script) => script.match(/[\w./-]+\.tsx?/g) ?? [])
}

function eachImport(
  files: readonly SourceFile[],
  check: (file: SourceFile, imported: Import) => Violation | undefined,
): Violation[] {
  return files
    .filter(isCode)
    .flatMap((file) => importsOf(file).map((imported) => check(file, imported)))
    .filter((violation) => violation !== undefined)
}
