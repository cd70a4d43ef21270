// The page of all jobs: what runs is followed live.
import { $ } from './page.js';
import { followJobs } from './job.js';

const again = () => setTimeout(() => location.reload(), 600);
followJobs($('main'), again);
