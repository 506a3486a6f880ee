import { failure } from '../../protocol/errors.ts'
import { appIdentify } from '../../protocol/operations/app-identify.ts'
import { appOfKey } from './apps.ts'
import { implementRead } from './implement.ts'

export const appIdentifyHandler = implementRead(appIdentify, {
  read(view, _context, key, writer) {
    const app = appOfKey(view, key)
    if (app === undefined) return { kind: 'failed', error: failure('unauthenticated') }
    writer.map(1)
    writer.text('appId')
    writer.integer(app.id)
    return undefined
  },
})
