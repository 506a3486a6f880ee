import { mediaUnattachedMax } from '../../protocol/limits.ts'
import { mediaRoom } from '../../protocol/operations/media-room.ts'
import { unattachedOf } from './attach-media.ts'
import { implementRead } from './implement.ts'

export const mediaRoomHandler = implementRead(mediaRoom, {
  read(view, { nowMs }, { userId }, writer) {
    const { length } = unattachedOf(view, userId, nowMs)
    writer.map(1)
    writer.text('left')
    writer.integer(Math.max(0, mediaUnattachedMax - length))
    return undefined
  },
})
