// Media in an S3-compatible store (AWS S3, MinIO, Ceph, R2 …): what several machines share.
//
//   BUCKET/media/ABcd….jpg
//
// Buckets are addressed by path, which all of them understand. Nothing is kept here: any gateway may be
// asked for any file.

import { openAsBlob } from 'node:fs'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { s3TextBytesMax, s3TimeoutMs } from './limits.ts'
import type { FileToStore, MediaStore, StoredFile } from './media-store.ts'
import type { S3Keys } from './s3-signature.ts'
import { emptySha256, signedHeaders } from './s3-signature.ts'

export type S3Options = S3Keys & {
  /** `https://s3.example.org` */
  readonly endpoint: string
  readonly bucket: string
}

type Sent = {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE'
  readonly key: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Blob
  readonly sha256?: string
}

const prefix = 'media/'

export class S3Store implements MediaStore {
  readonly #options: S3Options

  constructor(options: S3Options) {
    this.#options = options
  }

  async put(name: string, file: FileToStore): Promise<void> {
    // A blob of a file is read bit by bit as it is sent, and its length is known.
    const body = await openAsBlob(file.path)
    const headers = { 'content-type': file.contentType }
    const { sha256 } = file
    const response = await this.#send({ method: 'PUT', key: prefix + name, body, headers, sha256 })
    await expectStatus(response, [200])
    await response.body?.cancel()
  }

  async find(name: string): Promise<StoredFile | undefined> {
    const response = await this.#send({ method: 'HEAD', key: prefix + name })
    if (response.status === 404) return undefined
    await expectStatus(response, [200])
    return {
      bytes: Number(response.headers.get('content-length')),
      storedAtMs: Date.parse(response.headers.get('last-modified') ?? ''),
    }
  }

  async read(name: string, { from, to }: { from: number; to: number }): Promise<Readable> {
    const headers = { range: `bytes=${from}-${to}` }
    const response = await this.#send({ method: 'GET', key: prefix + name, headers })
    await expectStatus(response, [206])
    return Readable.fromWeb(response.body as ReadableStream)
  }

  async *files(): AsyncGenerator<{ readonly name: string; readonly storedAtMs: number }> {
    let token: string | undefined
    do {
      const query = {
        'list-type': '2',
        prefix,
        ...(token === undefined ? {} : { 'continuation-token': token }),
      }
      const response = await this.#send({ method: 'GET', key: '', query })
      await expectStatus(response, [200])
      const list = await textOf(response)
      for (const [, entry = ''] of list.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        const name = unescaped(textIn(entry, 'Key')).slice(prefix.length)
        yield { name, storedAtMs: Date.parse(textIn(entry, 'LastModified')) }
      }
      token = unescaped(textIn(list, 'NextContinuationToken')) || undefined
    } while (token !== undefined)
  }

  async remove(name: string): Promise<void> {
    const response = await this.#send({ method: 'DELETE', key: prefix + name })
    await expectStatus(response, [200, 204, 404])
    await response.body?.cancel()
  }

  /** The deadline is for the head of the answer: a file may take as long as its reader does. */
  async #send({
    method,
    key,
    query,
    headers,
    body,
    sha256 = emptySha256,
  }: Sent): Promise<Response> {
    const { endpoint, bucket } = this.#options
    const url = new URL(`${endpoint}/${bucket}/${key}`)
    for (const name in query) url.searchParams.set(name, query[name]!)
    const request = { method, url, sha256, atMs: Date.now(), ...(headers && { headers }) }
    const { host: _host, ...sent } = signedHeaders(request, this.#options)
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), s3TimeoutMs)
    try {
      return await fetch(url, {
        method,
        headers: sent,
        redirect: 'error',
        signal: late.signal,
        ...(body === undefined ? {} : { body }),
      })
    } catch (error) {
      throw new Error(`the S3 store did not answer a ${method} of ${key}`, { cause: error })
    } finally {
      clearTimeout(timer)
    }
  }
}

async function expectStatus(response: Response, wanted: readonly number[]): Promise<void> {
  if (wanted.includes(response.status)) return
  const code = textIn(await textOf(response), 'Code') || 'no code'
  throw new Error(`the S3 store answered ${response.status} (${code})`)
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > s3TextBytesMax) throw new Error('the S3 store sent a text without an end')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** What stands in the first element of this name; '' where there is none. */
function textIn(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)<`).exec(xml)?.[1] ?? ''
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
