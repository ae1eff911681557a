"""Things to play with: sliders and switches where ipywidgets are there, one picture where they are not.

cx.explore.nps(promoters=90, passives=60, detractors=50)
"""

from cxlib.learning.blueprint_explorer import explore_blueprint as blueprint
from cxlib.learning.clock_explorer import explore_business_hours as business_hours
from cxlib.learning.explorer import explore_nps as nps
from cxlib.learning.journey_explorer import explore_journey as journey
from cxlib.learning.research_explorer import explore_research as research
from cxlib.learning.unit_explorer import explore_conversion as conversion
from cxlib.learning.visit_explorer import explore_sessions as sessions
from cxlib.learning.workshop_sheet import journey_sheet

__all__ = ["blueprint", "business_hours", "conversion", "journey", "journey_sheet", "nps", "research", "sessions"]
