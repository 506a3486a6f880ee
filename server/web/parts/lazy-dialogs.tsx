// Dialogs that few open: fetched when the first one does.

import { lazy } from './lazy.tsx'

export const AddToDialog = lazy(async () => (await import('./add-to.tsx')).AddToDialog, 'nothing')
export const ReportDialog = lazy(
  async () => (await import('./report-dialog.tsx')).ReportDialog,
  'nothing',
)
export const PromoteDialog = lazy(
  async () => (await import('./promote-dialog.tsx')).PromoteDialog,
  'nothing',
)
