import { listField } from '../collections.ts'
import { usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** A list and its owner. Who may not see it is told that there is none. */
export const listGet = defineOperation({
  name: 'list.get',
  code: 0xc5,
  summary: 'Read a list',
  owner: { readerOr: 'listId' },
  access: 'anyone',
  request: { listId: f.id },
  answer: { list: listField, users: usersField },
  refusals: {},
  http: { method: 'GET', path: '/v1/lists/{listId}' },
})
