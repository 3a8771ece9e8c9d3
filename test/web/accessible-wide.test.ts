import { describeAccessiblePages } from '../support/accessible.ts'

describeAccessiblePages({ width: 1440, height: 900 })
