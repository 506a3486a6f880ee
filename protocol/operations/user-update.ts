import { ruleOf } from '../credentials.ts'
import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { mediaIdLengthMax, profileLocationLengthMax, websiteLengthMax } from '../limits.ts'
import { mediaTypeOf } from '../media.ts'
import { defineOperation } from '../operation.ts'
import { checkBio, checkName } from '../text/normalize.ts'

const location = f.text({
  lengthMax: 200,
  meaning: `Up to ${profileLocationLengthMax} characters; empty takes it away.`,
  rule: (text) => {
    if (text === '') return text
    const checked = checkName(text, profileLocationLengthMax)
    return checked.ok ? checked.text : { problem: checked.reason }
  },
})

const website = f.text({
  lengthMax: websiteLengthMax,
  meaning: 'An address that begins with `https://` or `http://`; empty takes it away.',
  rule: (text) => (text === '' || isAddress(text) ? text : { problem: 'must be a web address' }),
})

const picture = f.text({
  lengthMax: mediaIdLengthMax,
  meaning:
    'The id of a photo that the actor has uploaded within the last day; empty takes it away.',
  rule: (text) =>
    text === '' || mediaTypeOf(text) !== undefined
      ? text
      : { problem: 'must be the id of a medium' },
})

/**
 * Edits the profile: what is not given stays. An account that becomes protected keeps its followers; when
 * it is open again, requests that wait stay unanswered until they follow anew.
 */
export const userUpdate = defineOperation({
  name: 'user.update',
  code: 0x86,
  summary: 'Edit the profile',
  owner: 'actor',
  access: 'user',
  request: {
    name: f.optional(f.text({ lengthMax: 200, rule: ruleOf(checkName) })),
    bio: f.optional(
      f.text({ lengthMax: 1000, rule: ruleOf(checkBio), meaning: 'Weight 0 to 160.' }),
    ),
    location: f.optional(location),
    website: f.optional(website),
    avatarId: f.optional(picture),
    headerId: f.optional(picture),
    protected: f.optional({
      ...f.boolean,
      meaning: 'Whether only followers see the tweets, and following takes a request.',
    }),
  },
  answer: { user: userField },
  event: {
    userId: f.userId,
    name: f.optional(f.text({ lengthMax: 200 })),
    bio: f.optional(f.text({ lengthMax: 1000 })),
    location: f.optional(f.text({ lengthMax: 200 })),
    website: f.optional(f.text({ lengthMax: websiteLengthMax })),
    avatarUrl: f.optional(f.text({ lengthMax: 2048 })),
    headerUrl: f.optional(f.text({ lengthMax: 2048 })),
    protected: f.optional(f.boolean),
  },
  refusals: {},
  http: { method: 'PUT', path: '/v1/profile' },
})

function isAddress(text: string): boolean {
  return /^https?:\/\/[^\s<>"]+$/.test(text) && URL.canParse(text)
}
