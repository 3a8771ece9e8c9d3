import { describeAccessiblePages } from '../support/accessible.ts'

describeAccessiblePages({ width: 390, height: 844 })
