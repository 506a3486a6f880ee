// The built web client, in memory: server/web/build.ts made it, and compressed it as well.
//
// It is some 150 KB, so it is read once, when the gateway starts. Where it was not built, there are no
// pages, and the gateway serves everything else.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const directory = fileURLToPath(new URL('../../node_modules/.cache/rookery-web', import.meta.url))

const contentTypes: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
}

export type PageFile = {
  readonly contentType: string
  readonly etag: string
  readonly bytes: Buffer
  readonly brotli: Buffer | undefined
  readonly gzip: Buffer | undefined
  /** Its name says what is in it: it never changes. */
  readonly isImmutable: boolean
}

export type PageFiles = {
  /** The document that all pages share. */
  readonly document: string
  /** By the path of their address. */
  readonly files: ReadonlyMap<string, PageFile>
}

/** @returns undefined where nothing was built */
export function readPageFiles(): PageFiles | undefined {
  const names = namesIn(directory)
  if (!names.includes('index.html')) return undefined
  const files = new Map<string, PageFile>()
  for (const name of names) {
    const contentType = contentTypes[name.split('.').at(-1) ?? '']
    if (contentType === undefined || name === 'index.html') continue
    const bytes = readFileSync(join(directory, name))
    files.set(`/${name}`, {
      contentType,
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
      bytes,
      brotli: names.includes(`${name}.br`)
        ? readFileSync(join(directory, `${name}.br`))
        : undefined,
      gzip: names.includes(`${name}.gz`) ? readFileSync(join(directory, `${name}.gz`)) : undefined,
      isImmutable: name.startsWith('assets/'),
    })
  }
  return { document: readFileSync(join(directory, 'index.html'), 'utf8'), files }
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(path, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
  } catch (error) {
    // Nothing was built on this machine: the gateway says so where a page is asked for.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
