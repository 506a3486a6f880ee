import { pageRequest, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { queryLengthMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'
import { partialField } from './search-tweets.ts'

/**
 * Users by the beginnings of their handle and of the words of their name: whose handle it is first, then those
 * with most followers.
 */
export const searchUsers = defineOperation({
  name: 'search.users',
  code: 0x92,
  summary: 'Search for users',
  owner: 'anywhere',
  access: 'anyone',
  request: {
    query: f.text({
      lengthMax: queryLengthMax,
      meaning: 'Each word is the beginning of the handle or of a word of the name.',
    }),
    limit: pageRequest.limit,
  },
  answer: { users: usersField, partial: partialField },
  refusals: {},
  http: { method: 'GET', path: '/v1/search/users' },
})
