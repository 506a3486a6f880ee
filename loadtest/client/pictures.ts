// Small pictures, and their way to a server: the one thing of a load run that goes over HTTP.

import { setTimeout as delay } from 'node:timers/promises'
import { crc32, deflateSync } from 'node:zlib'
import { failure } from '../../protocol/errors.ts'
import { CallFailure } from './client.ts'

/** A PNG of four by four grey dots; each number gives another one. */
export function pictureOf(number: number): Buffer {
  const side = 4
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side, 0)
  head.writeUInt32BE(side, 4)
  // Eight bits of grey.
  head.set([8, 0, 0, 0, 0], 8)
  const lines = Buffer.alloc((side + 1) * side)
  for (let at = 0; at < lines.length; at++) {
    if (at % (side + 1) !== 0) lines[at] = (number * 37 + at) & 0xff
  }
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const retriesMax = 20
const pauseMs = 200

/**
 * Uploads a picture, again where the server is too busy: the same again gives the same id. Throws CallFailure.
 * @param to.origin for HTTP, such as `http://127.0.0.1:8080`
 */
export async function uploadPicture(
  number: number,
  to: { readonly origin: string; readonly token: string },
): Promise<string> {
  for (let attempts = 1; ; attempts++) {
    const answer = await fetch(`${to.origin}/v1/media`, {
      method: 'POST',
      headers: { authorization: `Bearer ${to.token}`, 'content-type': 'image/png' },
      body: new Uint8Array(pictureOf(number)),
    })
    const body = (await answer.json()) as { media?: { id: string }; retryAfterMs?: number }
    if (body.media !== undefined) return body.media.id
    if (answer.status !== 503 || attempts > retriesMax) {
      const message = `an upload was answered ${answer.status}: ${JSON.stringify(body)}`
      throw new CallFailure(failure('internal', { message }), attempts)
    }
    await delay(body.retryAfterMs ?? pauseMs)
  }
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}
