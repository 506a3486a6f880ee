// AWS Signature Version 4 for requests to an S3 store. Pure: time and keys come as arguments.
//
// Source: "Authenticating Requests (AWS Signature Version 4)" of the Amazon S3 API reference.

import { createHash, createHmac } from 'node:crypto'

export type S3Keys = {
  readonly accessKey: string
  readonly secretKey: string
  readonly region: string
}

export type S3Request = {
  readonly method: string
  readonly url: URL
  /** What is signed beside the host and the date; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** Of the body, in hexadecimal digits. */
  readonly sha256: string
  readonly atMs: number
}

/** The SHA-256 of no bytes. */
export const emptySha256 = sha256Of('')

export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** The headers that a request is sent with: those given, and those that prove who sends it. */
export function signedHeaders(request: S3Request, keys: S3Keys): Record<string, string> {
  const { url, sha256, method } = request
  const time = new Date(request.atMs).toISOString().replaceAll(/[:-]|\.\d{3}/g, '')
  const day = time.slice(0, 8)
  const headers: Record<string, string> = {
    ...request.headers,
    host: url.host,
    'x-amz-content-sha256': sha256,
    'x-amz-date': time,
  }
  const names = Object.keys(headers).sort()
  const signedNames = names.join(';')
  const canonical = [
    method,
    url.pathname.split('/').map(decodeURIComponent).map(encoded).join('/'),
    canonicalQuery(url),
    ...names.map((name) => `${name}:${headers[name]!.trim()}`),
    '',
    signedNames,
    sha256,
  ].join('\n')
  const scope = `${day}/${keys.region}/s3/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256Of(canonical)].join('\n')
  let key: string | Buffer = `AWS4${keys.secretKey}`
  for (const part of [day, keys.region, 's3', 'aws4_request']) key = hmac(key, part)
  const signature = hmac(key, toSign).toString('hex')
  const credential = `${keys.accessKey}/${scope}`
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=${signedNames},Signature=${signature}`,
  }
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&')
}

/** As the signature wants it: everything but the unreserved characters of RFC 3986. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
