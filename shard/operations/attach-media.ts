// Attaching media: what a tweet shows, from the ids that its author names.

import { failure } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { Medium } from '../../protocol/media.ts'
import type { UnattachedMedium } from '../state/media/unattached-media.ts'
import type { DecideContext, No, View } from './implement.ts'

/**
 * What stands behind the ids: each the actor's own, and uploaded within the last day. Up to 4 photos, or one
 * video.
 * @returns undefined where there are no ids
 */
export function attachMedia(
  view: View,
  { actor, nowMs }: DecideContext,
  mediaIds: readonly string[] = [],
  field = 'mediaIds',
): readonly Medium[] | No<never> | undefined {
  if (mediaIds.length === 0) return undefined
  const found: Medium[] = []
  for (const id of mediaIds) {
    const own = view.unattachedMedia.find(actor, id, nowMs)
    // That of somebody else is not told from one that never was.
    if (own === undefined) return refused('not_found', 'An upload is not yours, or too old.', field)
    found.push(own.media)
  }
  if (new Set(mediaIds).size < mediaIds.length) {
    return refused('bad_request', 'mediaIds names an upload twice.')
  }
  if (found.length > 1 && found.some(({ kind }) => kind === 'video')) {
    return refused('bad_request', 'A tweet shows up to 4 photos, or one video and nothing else.')
  }
  return found
}

/** What a user has uploaded, and may attach still. */
export function unattachedOf(
  view: View,
  userId: UserId,
  nowMs: number,
): readonly UnattachedMedium[] {
  return view.unattachedMedia.listOf(userId).filter(({ expiresAtMs }) => expiresAtMs > nowMs)
}

function refused(
  code: 'not_found' | 'bad_request',
  message: string,
  field = 'mediaIds',
): No<never> {
  return { kind: 'failed', error: failure(code, { field, message }) }
}
