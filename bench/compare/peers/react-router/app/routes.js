import { index, route } from '@react-router/dev/routes'

export default [
  index('routes/home.jsx'),
  route('upload', 'routes/upload.jsx'),
  route('done', 'routes/done.jsx'),
  route('runs', 'routes/runs.js'),
]
