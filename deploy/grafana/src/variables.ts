import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DATASOURCE } from './datasource.ts'

const ALL = { text: 'All', value: '$__all' }

/**
 * Which Prometheus, which services and instances; the same names on every dashboard, so that a link keeps the choice. `servicesBy`: a series
 * (with matchers) that only the services have which the dashboard is about: no dashboard knows how a team names its service.
 */
export const variables = (servicesBy: string): { build(): VariableModel }[] => [
  new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'),
  choice('service', 'Service', `label_values(${servicesBy}, service)`),
  choice('instance', 'Instance', 'label_values(callback_quorum_ready{service=~"$service"}, instance)'),
  new TextBoxVariableBuilder('runbooks')
    .label('Runbooks')
    .description('Address of the folder docs of this repository, as in the external label of prometheus.yaml')
    .hide(VariableHide.HideVariable)
    .defaultValue(RUNBOOKS_DEFAULT)
    .current({ text: RUNBOOKS_DEFAULT, value: RUNBOOKS_DEFAULT }),
]

/** To be replaced where the repository is served under another address; see deploy/README.md. */
const RUNBOOKS_DEFAULT = 'https://runbooks.custody.internal'

const choice = (name: string, label: string, query: string): { build(): VariableModel } =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query({ query, refId: name })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .current(ALL)
