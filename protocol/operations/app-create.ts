import {
  appDescriptionField,
  appField,
  appNameField,
  appUrlField,
  keyField,
  keyHashLengthMax,
} from '../apps.ts'
import { f } from '../fields.ts'
import { defineOperation, operationId } from '../operation.ts'

/**
 * Registers an application. A retry with the same operation id finds it and gives it a new key: the first one
 * cannot be shown again, as only its hash was kept.
 */
export const appCreate = defineOperation({
  name: 'app.create',
  code: 0xb0,
  summary: 'Register an application',
  owner: 'actor',
  access: 'user',
  request: {
    name: appNameField,
    description: f.optional(appDescriptionField),
    url: f.optional(appUrlField),
    operationId,
  },
  answer: { app: appField, key: keyField },
  event: {
    userId: f.userId,
    appId: f.id,
    name: appNameField,
    keyHash: f.text({ lengthMax: keyHashLengthMax }),
    description: f.optional(appDescriptionField),
    url: f.optional(appUrlField),
    endedKeyHash: f.optional(f.text({ lengthMax: keyHashLengthMax })),
    operationId,
  },
  refusals: {},
  http: { method: 'POST', path: '/v1/apps', status: 201 },
})
