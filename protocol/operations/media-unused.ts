import { f } from '../fields.ts'
import { partitionsMax } from '../ids.ts'
import { mediaAskedMax } from '../limits.ts'
import { mediaIdField } from '../media.ts'
import { defineOperation } from '../operation.ts'

/**
 * Says which files no tweet shows, as the shard of one partition knows: of the tweets of that partition it
 * is sure. So a file that is unused by the word of all partitions is shown by none.
 */
export const mediaUnused = defineOperation({
  name: 'media.unused',
  code: 0xa1,
  summary: 'Which files no tweet shows',
  owner: { partition: 'partition' },
  access: 'operator',
  request: {
    partition: f.integer({ min: 0, max: partitionsMax - 1 }),
    mediaIds: f.list(mediaIdField, { countMax: mediaAskedMax }),
  },
  answer: { unused: f.list(mediaIdField, { countMax: mediaAskedMax }) },
  refusals: {},
})
