import { mediaUnattachedMax } from '../../protocol/limits.ts'
import type { Medium } from '../../protocol/media.ts'
import { mediaTypeOf, mediaTypes, mediumField } from '../../protocol/media.ts'
import { writeValue } from '../../protocol/message-pack.ts'
import type { Params } from '../../protocol/operation.ts'
import { mediaCreate } from '../../protocol/operations/media-create.ts'
import { unattachedOf } from './attach-media.ts'
import { implementWrite } from './implement.ts'

export const mediaCreateHandler = implementWrite(mediaCreate, {
  // Their number is decided about.
  claims: ({ actor }) => [`media ${actor}`],

  decide(view, context, params) {
    const { actor, nowMs } = context
    const others = unattachedOf(view, actor, nowMs).filter(
      ({ media }) => media.id !== params.mediaId,
    )
    if (others.length >= mediaUnattachedMax) return { kind: 'refused', code: 'too_many_media' }
    const media = mediumOf(params)
    if (media === undefined) return { kind: 'refused', code: 'unsupported_media' }
    return {
      kind: 'committed',
      event: {
        userId: actor,
        media,
        bytes: params.bytes,
        createdId: context.newId(),
        expiresAt: nowMs + params.unattachedMs,
      },
    }
  },

  apply(state, { userId, media, bytes, createdId, expiresAt }) {
    state.noteIssuedId(createdId)
    if (state.isHosted(userId)) {
      state.unattachedMedia.put(userId, { media, bytes, expiresAtMs: expiresAt })
    }
    return 0
  },

  answer(_view, _context, { params }, writer) {
    writer.map(1)
    writer.text('media')
    writeValue(writer, mediumField, mediumOf(params))
  },
})

function mediumOf(params: Params<typeof mediaCreate>): Medium | undefined {
  const { mediaId, width, height, alt } = params
  const type = mediaTypeOf(mediaId)
  if (type === undefined) return undefined
  const { kind } = mediaTypes[type]
  return { id: mediaId, kind, width, height, ...(alt === undefined ? {} : { alt }) }
}
