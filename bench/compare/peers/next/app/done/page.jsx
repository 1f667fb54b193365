export default function Done() {
  return <p>Done</p>
}
