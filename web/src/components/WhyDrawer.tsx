export function WhyDrawer() {
  return null
}
