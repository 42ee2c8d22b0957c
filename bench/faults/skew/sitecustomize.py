"""Read by Python at its start when this folder is on PYTHONPATH: the whole process lives FAULTS_SKEW seconds off."""

import os
import time

import time_machine

time_machine.travel(time.time() + float(os.environ["FAULTS_SKEW"]), tick=True).start()
