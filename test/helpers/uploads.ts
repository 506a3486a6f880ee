// Uploads to a running server, as a client sends them: a form with a file in it, or the file itself.

import { request as httpRequest } from 'node:http'
import type { Medium } from '../../protocol/media.ts'
import { formOf } from './media-files.ts'
import type { HttpAnswer, Person } from './people.ts'

type Server = { readonly url: string }

/** The form of a file, as a browser makes it. */
export function uploadForm(
  file: Buffer,
  { alt, name = 'photo.jpg' }: { alt?: string; name?: string } = {},
) {
  const head = `Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: image/jpeg`
  const words = { head: 'Content-Disposition: form-data; name="alt"', body: alt ?? '' }
  return formOf([{ head, body: file }, ...(alt === undefined ? [] : [words])])
}

/**
 * Sends a body to POST /v1/media. A server that answers before it has read all of it is heard as well.
 */
export function sendUpload(
  server: Server,
  upload: {
    readonly body: Buffer
    readonly contentType: string
    readonly token?: string
    readonly query?: string
  },
): Promise<HttpAnswer> {
  const { body, contentType, token, query = '' } = upload
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${server.url}/v1/media${query}`, {
      method: 'POST',
      headers: {
        'content-type': contentType,
        'content-length': body.length,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    })
    let isAnswered = false
    request.once('response', (response) => {
      isAnswered = true
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString()
        const headers = new Headers(response.headers as Record<string, string>)
        resolve({ status: response.statusCode ?? 0, headers, body: JSON.parse(text), text })
        request.destroy()
      })
    })
    request.once('error', (error) => {
      if (!isAnswered) reject(error)
    })
    request.end(body)
  })
}

/** Uploads a file that has to be taken. */
export async function upload(
  server: Server,
  { token }: Person,
  file: Buffer,
  more: { readonly alt?: string } = {},
): Promise<Medium> {
  const answer = await sendUpload(server, { ...uploadForm(file, more), token })
  if (answer.status !== 201)
    throw new Error(`an upload was answered ${answer.status}: ${answer.text}`)
  return (answer.body as { media: Medium }).media
}
