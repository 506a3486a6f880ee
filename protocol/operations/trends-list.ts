import { pageRequest } from '../entities.ts'
import { f } from '../fields.ts'
import { pageLimitMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'
import { partialField } from './search-tweets.ts'

const trendField = f.record({
  name: f.text({
    lengthMax: 300,
    meaning: 'A hashtag with its `#`, or a phrase: search for it as it is.',
  }),
  kind: f.text({ lengthMax: 16, meaning: '`hashtag` or `phrase`.' }),
  authors: { ...f.count, meaning: 'About how many people wrote about it within the last hour.' },
})

/** What more people write about now than usually: the steepest first. */
export const trendsList = defineOperation({
  name: 'trends.list',
  code: 0x93,
  summary: 'List what more people write about than usually',
  owner: 'anywhere',
  access: 'anyone',
  request: { limit: pageRequest.limit },
  answer: { trends: f.list(trendField, { countMax: pageLimitMax }), partial: partialField },
  refusals: {},
  http: { method: 'GET', path: '/v1/trends' },
})
