import {
  descriptionField,
  keptDescription,
  keptTitle,
  listField,
  titleField,
} from '../collections.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Edits one of the actor's lists: what is not given stays. A list that becomes private is shown to nobody else. */
export const listUpdate = defineOperation({
  name: 'list.update',
  code: 0xc1,
  summary: 'Edit a list',
  owner: 'actor',
  access: 'user',
  request: {
    listId: f.id,
    name: f.optional(titleField),
    description: f.optional(descriptionField),
    private: f.optional(f.boolean),
  },
  answer: { list: listField },
  event: {
    actorId: f.userId,
    listId: f.id,
    name: f.optional(keptTitle),
    description: f.optional(keptDescription),
    private: f.optional(f.boolean),
  },
  refusals: {},
  http: { method: 'PUT', path: '/v1/lists/{listId}' },
})
