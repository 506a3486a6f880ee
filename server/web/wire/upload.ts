// Uploads: a file goes as the body of a request of its own, beside the socket.

import { RequestFailure } from '../../../protocol/errors.ts'
import type { Medium } from '../../../protocol/media.ts'
import { fetchQuietly, problemOf } from './http.ts'
import { uploadTimeoutMs } from './limits.ts'
import { decode } from './message-pack.ts'

/** @param alt what is to be seen; '' for nothing. Rejects with RequestFailure. */
export async function upload(file: Blob, alt: string): Promise<Medium> {
  const query = alt === '' ? '' : `?${new URLSearchParams({ alt })}`
  const response = await fetchQuietly(`/v1/media${query}`, {
    method: 'POST',
    headers: {
      Accept: 'application/msgpack',
      // The server looks into the file; what it is called here only must not be a form.
      'Content-Type': 'application/octet-stream',
    },
    body: file,
    signal: AbortSignal.timeout(uploadTimeoutMs),
  })
  if (!response.ok) throw new RequestFailure(await problemOf(response))
  const { media } = decode(new Uint8Array(await response.arrayBuffer())) as { media: Medium }
  return media
}
