// An S3 store in memory, as far as media need one: it checks every signature, and answers as the API
// reference says.

import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { signedHeaders } from '../../server/media/s3-signature.ts'
import type { S3Options } from '../../server/media/s3-store.ts'

type Stored = { readonly bytes: Buffer; readonly contentType: string; readonly storedAtMs: number }

const keys = { accessKey: 'an access key', secretKey: 'a secret key', region: 'us-east-1' }
const bucket = 'rookery'
/** Names of one page of a list. */
const pageLength = 2

export class FakeS3 implements AsyncDisposable {
  readonly objects = new Map<string, Stored>()
  /** `METHOD /path` of every request, in order. */
  readonly asked: string[] = []
  readonly #server = createServer((request, response) => void this.#serve(request, response))

  static async start(): Promise<FakeS3> {
    const store = new FakeS3()
    await new Promise<void>((resolve) => store.#server.listen(0, '127.0.0.1', resolve))
    return store
  }

  get options(): S3Options {
    const { port } = this.#server.address() as AddressInfo
    return { endpoint: `http://127.0.0.1:${port}`, bucket, ...keys }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const url = new URL(request.url!, `http://${request.headers.host}`)
    this.asked.push(`${request.method} ${url.pathname}`)
    const problem = wrongSignature(request, url, body)
    if (problem !== undefined) {
      refuse(response, 403, problem)
      return
    }
    const key = decodeURIComponent(url.pathname.slice(`/${bucket}/`.length))
    if (key === '') this.#list(url, response)
    else this.#one(request, response, { key, body })
  }

  #one(
    request: IncomingMessage,
    response: ServerResponse,
    { key, body }: { readonly key: string; readonly body: Buffer },
  ): void {
    const object = this.objects.get(key)
    if (request.method === 'PUT') {
      const contentType = request.headers['content-type'] ?? ''
      this.objects.set(key, { bytes: body, contentType, storedAtMs: Date.now() })
      response.end()
      return
    }
    if (request.method === 'DELETE') {
      this.objects.delete(key)
      response.writeHead(204).end()
      return
    }
    if (object === undefined) {
      refuse(response, 404, 'NoSuchKey')
      return
    }
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    const bytes =
      from === undefined ? object.bytes : object.bytes.subarray(Number(from), Number(to) + 1)
    response.writeHead(from === undefined ? 200 : 206, {
      'content-length': bytes.length,
      'last-modified': new Date(object.storedAtMs).toUTCString(),
    })
    response.end(request.method === 'HEAD' ? undefined : bytes)
  }

  #list(url: URL, response: ServerResponse): void {
    const prefix = url.searchParams.get('prefix') ?? ''
    const after = url.searchParams.get('continuation-token') ?? ''
    const all = [...this.objects.keys()]
      .sort()
      .filter((key) => key.startsWith(prefix) && key > after)
    const page = all.slice(0, pageLength)
    const contents = page.map((key) => {
      const time = new Date(this.objects.get(key)!.storedAtMs).toISOString()
      return `<Contents><Key>${key}</Key><LastModified>${time}</LastModified></Contents>`
    })
    const more = all.length > page.length
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
    response.end(
      `<?xml version="1.0"?><ListBucketResult>${contents.join('')}${next}</ListBucketResult>`,
    )
  }
}

/** The code of what is wrong; undefined where the request was signed with our keys, for this body. */
function wrongSignature(request: IncomingMessage, url: URL, body: Buffer): string | undefined {
  const { headers, method = '' } = request
  const sha256 = String(headers['x-amz-content-sha256'])
  if (createHash('sha256').update(body).digest('hex') !== sha256) return 'XAmzContentSHA256Mismatch'
  const time = String(headers['x-amz-date'])
  const atMs = Date.parse(
    time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  )
  const names = /SignedHeaders=([^,]*)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? []
  const given = names.filter((name) => name !== 'host' && !name.startsWith('x-amz-'))
  const signed = Object.fromEntries(given.map((name) => [name, String(headers[name])]))
  const expected = signedHeaders({ method, url, headers: signed, sha256, atMs }, keys)
  return expected['authorization'] === headers.authorization ? undefined : 'SignatureDoesNotMatch'
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status).end(`<Error><Code>${code}</Code></Error>`)
}
