"""python -m services.portal"""

from services.chassis.running.process import run_process
from services.portal.app import create_app
from services.portal.settings import PortalSettings

if __name__ == "__main__":
    run_process("portal", PortalSettings, create_app)
