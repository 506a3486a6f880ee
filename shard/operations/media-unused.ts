import { mediaUnused } from '../../protocol/operations/media-unused.ts'
import { implementRead } from './implement.ts'

export const mediaUnusedHandler = implementRead(mediaUnused, {
  read(view, _context, { mediaIds }, writer) {
    const unused = mediaIds.filter((id) => !view.tweets.files.isUsed(id))
    writer.map(1)
    writer.text('unused')
    writer.array(unused.length)
    for (const id of unused) writer.text(id)
    return undefined
  },
})
