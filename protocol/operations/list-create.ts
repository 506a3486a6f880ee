import {
  descriptionField,
  keptDescription,
  keptTitle,
  listField,
  titleField,
} from '../collections.ts'
import { f } from '../fields.ts'
import { defineOperation, operationId } from '../operation.ts'

/** Makes a list of users: its timeline has the tweets of them all. */
export const listCreate = defineOperation({
  name: 'list.create',
  code: 0xc0,
  summary: 'Make a list',
  owner: 'actor',
  access: 'user',
  request: {
    name: titleField,
    description: f.optional(descriptionField),
    private: f.optional({ ...f.boolean, meaning: 'Whether only the owner sees it.' }),
    operationId,
  },
  answer: { list: listField },
  event: {
    listId: f.id,
    actorId: f.userId,
    name: keptTitle,
    description: keptDescription,
    private: f.boolean,
    operationId,
  },
  refusals: {},
  http: { method: 'POST', path: '/v1/lists', status: 201, location: '/v1/lists/{list.id}' },
})
