export { dashboardFiles } from './dashboard-files.ts'
export { panelQueries, type PanelQuery } from './panel-queries.ts'
