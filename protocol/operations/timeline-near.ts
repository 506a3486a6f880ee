import { locationField, pageRequest, tweetPage } from '../entities.ts'
import { f } from '../fields.ts'
import { nearRadiusMetersMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

/** The tweets that were written within a circle, newest first. A page may be short and still lead to an older one. */
export const timelineNear = defineOperation({
  name: 'timeline.near',
  code: 0xcf,
  summary: 'Read the tweets from around a place',
  owner: 'anywhere',
  access: 'anyone',
  request: {
    ...locationField.fields,
    radiusMeters: f.number({ min: 1, max: nearRadiusMetersMax }),
    ...pageRequest,
  },
  answer: tweetPage,
  refusals: {},
  http: { method: 'GET', path: '/v1/timelines/near' },
})
