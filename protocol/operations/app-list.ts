import { appField } from '../apps.ts'
import { f } from '../fields.ts'
import { appsPerUserMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

/** The applications that the actor has registered, the oldest first. */
export const appList = defineOperation({
  name: 'app.list',
  code: 0xb1,
  summary: "List one's applications",
  owner: 'actor',
  access: 'user',
  request: {},
  answer: { apps: f.list(appField, { countMax: appsPerUserMax }) },
  refusals: {},
  http: { method: 'GET', path: '/v1/apps' },
})
