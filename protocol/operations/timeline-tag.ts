import { pageRequest, tweetPage } from '../entities.ts'
import { defineOperation } from '../operation.ts'
import { tagField } from '../tag.ts'
import { partialField } from './search-tweets.ts'

/** The tweets with a hashtag, newest first. The live channel `tag:NAME` goes on from here. */
export const timelineTag = defineOperation({
  name: 'timeline.tag',
  code: 0x90,
  summary: 'Read the tweets with a hashtag',
  owner: 'anywhere',
  access: 'anyone',
  request: { tag: tagField, ...pageRequest },
  answer: { ...tweetPage, partial: partialField },
  refusals: {},
  http: { method: 'GET', path: '/v1/timelines/tags/{tag}' },
})
