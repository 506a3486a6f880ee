import { pageRequest, tweetPage } from '../entities.ts'
import { f } from '../fields.ts'
import { queryLengthMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

const orders = ['latest', 'top']

const orderField = f.text({
  lengthMax: 16,
  meaning:
    '`latest`: newest first, unless said otherwise; `top`: the best of the newest matches first, by favorites, retweets, replies and age.',
  rule: (text) => (orders.includes(text) ? text : { problem: 'must be latest or top' }),
})

export const partialField = f.optional({
  ...f.boolean,
  meaning:
    'True while the shard process that answers may lack something: it has just started and not read all it knows, or logs have gone on without it. Ask again.',
})

/**
 * The tweets that a query finds, among the newest million. All parts of the query have to hold: words,
 * `"several in a row"`, `#tag`, `@handle`, `from:handle`, `has:media`, `since:2026-03-01`, `until:2026-04-01`
 * (the start of that day in UTC); a `-` in front says what must not be. A page may be short, and even empty, and
 * yet have an `olderCursor`: what matches is then rare, and the search goes on from there. With `order: top` it does
 * not, and says `partial`.
 */
export const searchTweets = defineOperation({
  name: 'search.tweets',
  code: 0x91,
  summary: 'Search for tweets',
  owner: 'anywhere',
  access: 'anyone',
  request: {
    query: f.text({ lengthMax: queryLengthMax, meaning: 'At most 16 words and filters.' }),
    order: f.optional(orderField),
    ...pageRequest,
  },
  answer: {
    ...tweetPage,
    partial: {
      ...partialField,
      meaning: `${partialField.meaning} With \`order: top\` also where so few match that not all tweets could be looked at: \`latest\` goes on through all of them.`,
    },
  },
  refusals: {},
  http: { method: 'GET', path: '/v1/search/tweets' },
})
