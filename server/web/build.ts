// Builds the web client for browsers, where it is not built already: `npm run web`, and before `npm start`.
//
// What is built lies beside the packages, in node_modules/.cache/rookery-web: it is made of them, and goes
// with them. It says which files it was made of, with their hashes; as long as these are as they were,
// a build is a look at some sixty files. A new build is put in place whole, by one rename, so that two
// that run at once do no harm and a gateway never finds half of one.

import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'
import { build } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))
const repository = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(repository, 'node_modules', '.cache')
/** Where gateways look for the pages (server/pages/page-files.ts). */
const target = join(cache, 'rookery-web')
const inputsFile = 'inputs.json'
const compressible = /\.(js|css|html|svg|json)$/

/** By path from the repository: the SHA-256 of each file that the pages were made of. */
type Inputs = Readonly<Record<string, string>>

/** @returns whether there was something to do */
export async function buildPages(): Promise<boolean> {
  if (isCurrent()) return false
  mkdirSync(cache, { recursive: true })
  const directory = mkdtempSync(`${target}-`)
  const sources = new Set<string>()
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: join(root, 'public'),
    plugins: [collectSources(sources)],
    build: {
      outDir: directory,
      emptyOutDir: true,
      assetsDir: 'assets',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'es2023',
    },
  })
  for (const name of filesOf(directory)) compress(join(directory, name))
  const inputs = Object.fromEntries([...sources].sort().map((path) => [path, hashOf(path)]))
  writeFileSync(join(directory, inputsFile), JSON.stringify(inputs, null, 2))
  replace(directory)
  return true
}

/** Every file of ours that went in, and this one; with the versions of the packages. */
function collectSources(sources: Set<string>): Plugin {
  for (const path of ['package-lock.json', 'server/web/build.ts', 'server/web/index.html']) {
    sources.add(path)
  }
  for (const name of readdirSync(join(root, 'public'))) sources.add(`server/web/public/${name}`)
  return {
    name: 'rookery-sources',
    load(id) {
      const path = relative(repository, id.split('?')[0] ?? id)
      const isOurs = !path.startsWith('..') && !path.includes('node_modules')
      if (isOurs && /\.(tsx?|css)$/.test(path)) sources.add(path)
      return null
    },
  }
}

function isCurrent(): boolean {
  try {
    const inputs = JSON.parse(readFileSync(join(target, inputsFile), 'utf8')) as Inputs
    return Object.entries(inputs).every(([path, hash]) => hashOf(path) === hash)
  } catch {
    // Nothing was built yet, or one of the sources is gone: built anew in either case.
    return false
  }
}

function hashOf(path: string): string {
  return createHash('sha256')
    .update(readFileSync(join(repository, path)))
    .digest('base64url')
}

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
}

/** Once here, at leisure, rather than at each answer. */
function compress(path: string): void {
  if (!compressible.test(path)) return
  const bytes = readFileSync(path)
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }))
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
}

/** The old one steps aside and the new one takes its place. */
function replace(directory: string): void {
  const old = `${directory}-old`
  chmodSync(directory, 0o755)
  moveUnless('ENOENT', target, old)
  // Another build may have been quicker: it was made of the same files.
  if (!moveUnless('ENOTEMPTY', directory, target)) rmSync(directory, { recursive: true })
  rmSync(old, { recursive: true, force: true })
}

/** @returns false where it failed with the one error that is expected */
function moveUnless(expected: string, from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== expected) throw error
    return false
  }
}

if (import.meta.main) {
  const startedAtMs = performance.now()
  if (await buildPages()) {
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
    process.stdout.write(`The web client is built (${seconds} s).\n`)
  }
}
