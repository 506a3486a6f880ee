import { appList } from '../../protocol/operations/app-list.ts'
import { writeApp } from './apps.ts'
import { implementRead } from './implement.ts'

export const appListHandler = implementRead(appList, {
  read(view, { actor }, _params, writer) {
    const apps = view.apps.listOf(actor)
    writer.map(1)
    writer.text('apps')
    writer.array(apps.length)
    for (const app of apps) writeApp(writer, app)
    return undefined
  },
})
