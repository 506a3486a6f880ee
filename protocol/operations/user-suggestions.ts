import { pageRequest, usersField } from '../entities.ts'
import { defineOperation } from '../operation.ts'

/** Whom the actor may want to follow: those whom people follow who follow the same as the actor. */
export const userSuggestions = defineOperation({
  name: 'user.suggestions',
  code: 0x94,
  summary: 'Suggest whom to follow',
  owner: 'actor',
  access: 'user',
  request: { limit: pageRequest.limit },
  answer: { users: usersField },
  refusals: {},
  http: { method: 'GET', path: '/v1/suggestions' },
})
