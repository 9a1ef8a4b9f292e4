import '../app/app.css';
import './meeting.css';
import { render } from 'preact';
import { LiveRegions } from '../ui/feedback';
import { MeetingPage } from './page';

/** /visio/{meeting}, for members by their session and for guests by the key of their link. */
const id = location.pathname.split('/')[2] ?? '';
const key = new URLSearchParams(location.search).get('cle');
const root = document.getElementById('visio');
if (root)
  render(
    <>
      <MeetingPage id={id} guestKey={key} />
      <LiveRegions />
    </>,
    root,
  );
